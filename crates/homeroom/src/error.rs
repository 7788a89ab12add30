//! The library's one error type, and the one place where the database's errors are told apart.

use std::fmt;

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind};
use tokio_postgres::error::SqlState;

use crate::config::ConfigError;
use crate::sqlstate;

/// The result of every operation of this library.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an operation failed.
///
/// The message names the thing, the rule and the cause; it never holds a password, and never repeats what
/// [`source`](std::error::Error::source) says.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no such live thing.
    #[error("there is no {entity} {key}")]
    NotFound {
        /// What was looked for, such as `user`.
        entity: &'static str,
        /// By which id, name or address.
        key: String,
    },
    /// It collides with what is already there.
    #[error("{message} (rule {rule})")]
    Conflict {
        /// The constraint that refused it, such as `users_email_key`.
        rule: String,
        /// What the database said.
        message: String,
        /// The database's error.
        #[source]
        source: Box<diesel::result::Error>,
    },
    /// A value breaks a rule.
    #[error("{field} is not valid: {reason}")]
    Invalid {
        /// The field, or the constraint that refused it.
        field: String,
        /// Why, and what would be valid.
        reason: String,
        /// The database's error, where the database found it.
        #[source]
        source: Option<Box<diesel::result::Error>>,
    },
    /// The thing is in a state that forbids this, such as a completed chat.
    #[error("{message} (rule {rule})")]
    ForbiddenState {
        /// The constraint that refused it, such as `chat_sessions_writable_check`.
        rule: String,
        /// What the database said.
        message: String,
        /// The database's error.
        #[source]
        source: Box<diesel::result::Error>,
    },
    /// A person's storage limits don't allow it. Nothing was stored.
    #[error("{message} (rule {rule})")]
    Quota {
        /// Which limit: a rule that ends in `_quota_check` (all files together) or `_max_file_size_check` (one file).
        rule: String,
        /// What the database said, with the figures in bytes.
        message: String,
        /// The database's error.
        #[source]
        source: Box<diesel::result::Error>,
    },
    /// The server refused the connection for good: a wrong password, an unknown role or database. Trying again won't help.
    #[error("{server} refuses the connection")]
    Refused {
        /// The server's address, without the password.
        server: String,
        /// What the server said.
        #[source]
        source: Cause,
    },
    /// The server can't be reached, goes down, has run out of something or takes no writes; or all connections are in use. Trying
    /// again may help. When the connection was lost in the middle of a write, it may have been done.
    #[error("{what}")]
    Unavailable {
        /// What is unavailable.
        what: String,
        /// Why, where that is known.
        #[source]
        source: Option<Cause>,
    },
    /// The transaction lost against another one and was rolled back; the same transaction may succeed when it is run again.
    #[error("the transaction lost against another one: run it again")]
    Retry {
        /// The database's error.
        #[source]
        source: Box<diesel::result::Error>,
    },
    /// Another transaction holds a lock for longer than `DATABASE_LOCK_TIMEOUT`, or `NOWAIT` was asked for.
    #[error("another transaction holds the lock")]
    Locked {
        /// The database's error.
        #[source]
        source: Box<diesel::result::Error>,
    },
    /// The statement took longer than `DATABASE_STATEMENT_TIMEOUT`, or somebody asked the server to cancel it.
    #[error("the server cancelled the statement")]
    Cancelled {
        /// The database's error, which says which of both.
        #[source]
        source: Box<diesel::result::Error>,
    },
    /// The database's role lacks a privilege.
    #[error("the database does not allow it to this role")]
    Denied {
        /// The database's error.
        #[source]
        source: Box<diesel::result::Error>,
    },
    /// A statement of the transaction failed, and the work went on or ended well all the same. Nothing of it was stored.
    #[error("a statement of the transaction failed before: nothing of it was stored")]
    Aborted,
    /// The settings are not valid.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The schema of the database could not be brought up or read.
    #[error(transparent)]
    Migrate(#[from] homeroom_migrate::Error),
    /// An error of the database of no other kind.
    #[error("the database failed")]
    Database(#[source] Box<diesel::result::Error>),
}

/// What the driver or the network said: one line, without what the error above it has said already.
#[derive(Debug)]
pub struct Cause(Box<dyn std::error::Error + Send + Sync>);

impl Cause {
    pub(crate) fn new(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(error.into())
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The driver's own texts ("error connecting to server", "db error") only announce the next one.
        let mut error: &(dyn std::error::Error + 'static) = &*self.0;
        if error.is::<tokio_postgres::Error>()
            && let Some(source) = error.source()
        {
            error = source;
        }
        match error.downcast_ref::<tokio_postgres::error::DbError>() {
            Some(said) => f.write_str(said.message()),
            None => fmt::Display::fmt(error, f),
        }
    }
}

impl std::error::Error for Cause {}

impl Cause {
    /// The code of a server's refusal.
    pub(crate) fn sqlstate(&self) -> Option<&SqlState> {
        self.0.downcast_ref::<tokio_postgres::Error>().and_then(tokio_postgres::Error::code)
    }
}

impl Error {
    /// An error for a thing that was looked for by `key` and is not there.
    pub(crate) fn not_found(entity: &'static str, key: impl fmt::Display) -> Self {
        Self::NotFound { entity, key: key.to_string() }
    }

    /// An error for a value that Rust refused before the database had to.
    pub(crate) fn invalid(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), reason: reason.into(), source: None }
    }

    /// Tells why a connection to `server` could not be opened.
    pub(crate) fn from_connect(server: String, error: tokio_postgres::Error) -> Self {
        let refused = error.code().is_some_and(|code| {
            // Class 28: invalid authorization; 3D000: no such database; 42501: may not connect.
            code.code().starts_with("28")
                || *code == SqlState::INVALID_CATALOG_NAME
                || *code == SqlState::INSUFFICIENT_PRIVILEGE
        });
        let what = format!("can't connect to {server}");
        match refused {
            true => Self::Refused { server, source: Cause::new(error) },
            false => Self::Unavailable { what, source: Some(Cause::new(error)) },
        }
    }

    /// What kind of failure it is, as metrics and spans have it in `error.type`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "not_found",
            Self::Conflict { .. } => "conflict",
            Self::Invalid { .. } => "invalid",
            Self::ForbiddenState { .. } => "forbidden_state",
            Self::Quota { .. } => "quota",
            Self::Refused { .. } => "refused",
            Self::Unavailable { .. } => "unavailable",
            Self::Retry { .. } => "retry",
            Self::Locked { .. } => "locked",
            Self::Cancelled { .. } => "cancelled",
            Self::Denied { .. } => "denied",
            Self::Aborted => "aborted",
            Self::Config(_) => "config",
            Self::Migrate(_) => "migrate",
            Self::Database(_) => "database",
        }
    }

    /// The constraint or rule of the schema that refused the operation, where one did.
    #[must_use]
    pub fn rule(&self) -> Option<&str> {
        match self {
            Self::Conflict { rule, .. }
            | Self::ForbiddenState { rule, .. }
            | Self::Quota { rule, .. } => Some(rule),
            Self::Invalid { field, source: Some(_), .. } if field != A_VALUE => Some(field),
            _ => None,
        }
    }

    /// Whether the same may succeed when it is run again, from the beginning of its transaction: a lost race, a lock, a server or a
    /// connection that is not available.
    ///
    /// After [`Error::Unavailable`] in the middle of a write the outcome is not known: a write that is repeated takes an idempotency
    /// key. [`Database::serializable`](crate::Database::serializable) runs lost races again by itself.
    ///
    /// ```
    /// let error = homeroom::Error::Unavailable { what: "the server goes down".to_owned(), source: None };
    /// assert!(error.is_retryable());
    /// assert!(!homeroom::Error::Aborted.is_retryable());
    /// ```
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Retry { .. } | Self::Locked { .. } | Self::Unavailable { .. })
    }
}

/// Where the server does not say which value it is.
const A_VALUE: &str = "a value";

/// Rules that stand for a state of the thing rather than for a wrong value.
fn is_state_rule(rule: &str) -> bool {
    rule.ends_with("_deleted_check")
        || matches!(
            rule,
            "chat_sessions_writable_check"
                | "group_members_last_admin_check"
                | "groups_isolation_check"
                | "users_isolation_check"
        )
}

/// Rules that stand for a person's storage limits.
fn is_quota_rule(rule: &str) -> bool {
    rule.ends_with("_quota_check") || rule.ends_with("_max_file_size_check")
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        let diesel::result::Error::DatabaseError(kind, ref said) = error else {
            return Self::Database(Box::new(error));
        };
        let message = said.message().to_owned();
        let rule = said.constraint_name().unwrap_or_default().to_owned();
        match kind {
            DatabaseErrorKind::UniqueViolation | DatabaseErrorKind::ExclusionViolation => {
                Self::Conflict { rule, message, source: Box::new(error) }
            }
            DatabaseErrorKind::ForeignKeyViolation | DatabaseErrorKind::RestrictViolation => {
                Self::Conflict { rule, message, source: Box::new(error) }
            }
            DatabaseErrorKind::CheckViolation if is_quota_rule(&rule) => {
                Self::Quota { rule, message, source: Box::new(error) }
            }
            // Whatever its SQLSTATE: the isolation of a transaction is no value that a CHECK could refuse.
            _ if is_state_rule(&rule) => {
                Self::ForbiddenState { rule, message, source: Box::new(error) }
            }
            DatabaseErrorKind::CheckViolation => {
                Self::Invalid { field: rule, reason: message, source: Some(Box::new(error)) }
            }
            DatabaseErrorKind::NotNullViolation => Self::Invalid {
                field: not_null_field(&**said),
                reason: message,
                source: Some(Box::new(error)),
            },
            DatabaseErrorKind::SerializationFailure => Self::Retry { source: Box::new(error) },
            DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand => {
                Self::unavailable("the connection to the database was lost", message)
            }
            DatabaseErrorKind::ReadOnlyTransaction => {
                Self::unavailable("the server takes no writes", message)
            }
            _ => Self::from_sqlstate(sqlstate::of(&message), message, error),
        }
    }
}

impl Error {
    /// Tells apart what Diesel has no kind for.
    fn from_sqlstate(code: Option<[u8; 5]>, message: String, error: diesel::result::Error) -> Self {
        let source = Box::new(error);
        match code.as_ref().map_or(&b""[..], |code| code) {
            b"40P01" | b"40001" => Self::Retry { source },
            b"55P03" => Self::Locked { source },
            b"57014" => Self::Cancelled { source },
            b"42501" => Self::Denied { source },
            b"25P02" => Self::Aborted,
            // Class 22: what a value is not; class 23: a rule that refused it.
            [b'2', b'2' | b'3', ..] => {
                Self::Invalid { field: A_VALUE.to_owned(), reason: message, source: Some(source) }
            }
            b"57P01" | b"57P02" | b"57P03" | b"57P05" | b"25P03" => {
                Self::unavailable("the server ended the connection", message)
            }
            b"53300" => Self::unavailable("the server takes no more connections", message),
            // Class 53: no room on the disk, no memory; 58030: the disk fails.
            [b'5', b'3', ..] | b"58030" => {
                Self::unavailable("the server has run out of a resource", message)
            }
            [b'0', b'8', ..] => {
                Self::unavailable("the connection to the database was lost", message)
            }
            _ => Self::Database(source),
        }
    }

    fn unavailable(what: &str, cause: String) -> Self {
        Self::Unavailable { what: what.to_owned(), source: Some(Cause::new(cause)) }
    }
}

fn not_null_field(said: &(dyn DatabaseErrorInformation + Send + Sync)) -> String {
    match (said.table_name(), said.column_name()) {
        (Some(table), Some(column)) => format!("{table}.{column}"),
        _ => "a column".to_owned(),
    }
}
