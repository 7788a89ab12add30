//! Homeroom: the PostgreSQL data layer of an AI-classroom platform.
//!
//! Districts hold schools, schools hold departments; people belong to groups and classes with a role; teachers make AI tools;
//! people chat with them, and every conversation is kept in order and can fork.
//!
//! ```no_run
//! use homeroom::{Database, DatabaseConfig, Group, GroupType, Message, NewGroup, NewMessage};
//!
//! # async fn example(chat_id: homeroom::ChatSessionId) -> homeroom::Result<()> {
//! let db = Database::connect(DatabaseConfig::from_env()?).await?;
//! let conn = db.conn().await?;
//!
//! let district = Group::create(&conn, &NewGroup::new(GroupType::District, None, "Aberdeen")).await?;
//! let school = NewGroup::new(GroupType::School, district.id, "Miller Junior High");
//! assert_eq!(Group::create(&conn, &school).await?.path.to_string(), "aberdeen.miller_junior_high");
//!
//! // One round trip, race-free:
//! let message = Message::append(&conn, chat_id, &NewMessage::user("What is a fraction?")).await?;
//! println!("message {}", message.seq);
//! # Ok(())
//! # }
//! ```
//!
//! # How it is laid out
//! - [`Database`] is the one handle: [`conn`](Database::conn), [`transaction`](Database::transaction),
//!   [`serializable`](Database::serializable).
//! - A file an entity: its row ([`User`]), what is new ([`NewUser`]) and what changes ([`UserChanges`]), with methods that take
//!   the connection first. `find` gives an `Option`, `get` an error, `list` a [`Page`].
//! - Methods take `&Connection`: futures that are polled together on one connection are pipelined.
//! - [`schema`] is Diesel's view of the tables, for queries of your own.
//! - What must never be is refused by the database, whoever writes; [`Error::rule`] names the constraint.
//! - The doc of a method says what it returns, the SQL that it stands for, what it locks and when it fails, with an example. One
//!   statement is one round trip. "No lock": it locks no row and waits for nobody.

mod archived_groups;
mod backend;
mod cancel;
mod chats;
mod class_members;
mod classes;
mod codes;
mod config;
mod connect;
mod connection;
#[cfg(feature = "import")]
pub mod conversations;
mod database;
mod dial;
mod erasure;
mod error;
mod export;
mod external_ids;
mod files;
mod forked_chats;
mod group_members;
mod group_overview;
mod groups;
mod ids;
mod json;
mod messages;
mod migrations;
mod observe;
mod page;
mod passwords;
mod pool;
mod pooler;
mod replicas;
mod roles;
#[cfg(feature = "import")]
pub mod roster;
mod rosters;
pub mod schema;
mod sessions;
mod settings;
mod sign_in;
mod sqlstate;
mod statement;
mod statistics;
mod storage_limits;
mod storage_reservations;
#[cfg(feature = "testing")]
pub mod testing;
mod tls;
mod tools;
mod transaction;
mod user_storage_limits;
mod users;
mod wire;

pub use chats::{ChatSession, ChatSessionChanges, ForkTreeNode, NewChatSession};
pub use class_members::ClassMember;
pub use classes::{Class, ClassChanges, NewClass};
pub use codes::{
    ChatState, ClassRole, FileStatus, GroupRole, GroupType, MessageRole, SessionContext,
    StorageBackend, ToolType, UnknownCode, UserStatus,
};
pub use config::{ConfigError, ConfigFault, DatabaseConfig, DatabaseConfigBuilder};
pub use connection::Connection;
pub use database::Database;
pub use erasure::ErasureReceipt;
pub use error::{Cause, Error, Result};
pub use export::{ExportLine, ExportManifest};
pub use external_ids::{ExternalId, ExternalIdTarget};
pub use files::{DeletedBlob, File, FileChanges, NewFile};
pub use group_members::GroupMember;
pub use group_overview::GroupOverview;
pub use groups::{Group, GroupChanges, NewGroup, SubtreeCounts};
pub use homeroom_ltree as ltree;
pub use ids::{
    ChatSessionId, ClassId, FileId, GroupId, SessionId, StorageReservationId, ToolId, UserId,
};
pub use messages::{FinishReason, Message, MessageMeta, NewMessage};
pub use migrations::{Readiness, migrator};
pub use observe::observe;
pub use page::{Cursor, Page, PageRequest};
pub use passwords::PasswordHash;
pub use pool::{PoolStatus, PooledConnection};
pub use replicas::{ReplicaStatus, WalPosition};
pub use roles::{EffectiveRole, RoleSource};
pub use rosters::{Enrolled, ScheduledClass, ScheduledTerm};
pub use sessions::{NewSession, Session, SessionToken, TokenHash};
pub use settings::{
    EffectiveSettings, Lock, Provenance, RoleStorageSettings, Settings, StorageLimitSettings,
    StorageSettings, system_default,
};
pub use sign_in::{Membership, SessionPolicy, SignedIn};
pub use statistics::{
    ChatCounts, ClassMemberCounts, FileCounts, GroupCounts, LiveCounts, SessionCounts, Statistics,
    TableSize, UserCounts,
};
pub use storage_limits::{LimitSource, StorageLimit, StorageLimits};
pub use storage_reservations::{NewStorageReservation, StorageReservation};
pub use tools::{NewTool, Tool, ToolChanges, ToolDefinition, ToolSummary, ToolVersion};
pub use user_storage_limits::{NewUserStorageLimit, UserStorageLimit};
pub use users::{NewUser, User, UserChanges};
