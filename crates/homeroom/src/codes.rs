//! Typed codes: columns whose CHECK allows a few words are enums in Rust.

use std::fmt;
use std::str::FromStr;

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types;
use serde::{Deserialize, Serialize};

/// A word that is none of a column's codes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is no {what}: it is one of {allowed}")]
pub struct UnknownCode {
    found: String,
    what: &'static str,
    allowed: &'static str,
}

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident, $what:literal { $($(#[$variant_doc:meta])* $variant:ident = $code:literal,)+ }) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, AsExpression, FromSqlRow,
        )]
        #[diesel(sql_type = sql_types::Text)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $code)] $variant,)+
        }

        impl $name {
            /// Every code, in the order of the column's CHECK.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The code as the database holds it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownCode;

            fn from_str(text: &str) -> Result<Self, UnknownCode> {
                match text {
                    $($code => Ok(Self::$variant),)+
                    _ => Err(UnknownCode {
                        found: text.to_owned(),
                        what: $what,
                        allowed: concat!($($code, " ",)+).trim_ascii_end(),
                    }),
                }
            }
        }

        impl FromSql<sql_types::Text, Pg> for $name {
            fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
                Ok(std::str::from_utf8(value.as_bytes())?.parse::<Self>()?)
            }
        }

        impl ToSql<sql_types::Text, Pg> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                use std::io::Write;
                out.write_all(self.as_str().as_bytes())?;
                Ok(IsNull::No)
            }
        }
    };
}

codes! {
    /// Whether a person may sign in.
    UserStatus, "user status" {
        /// May sign in.
        Active = "active",
        /// Was locked out: can't sign in, and their roles grant nothing.
        Suspended = "suspended",
        /// Has not confirmed their address yet: can't sign in.
        PendingVerification = "pending_verification",
    }
}
codes! {
    /// What a [`Group`](crate::Group) is, which decides where it may stand.
    GroupType, "group type" {
        /// At the root or under a district.
        District = "district",
        /// Under a district.
        School = "school",
        /// Under a school or a department.
        Department = "department",
    }
}
codes! {
    /// What a person is in a [`Group`](crate::Group). The stronger role is the lesser one in order:
    /// `role <= GroupRole::GroupAdmin` asks for an administrator.
    GroupRole, "group role" {
        /// May do everything everywhere.
        SystemAdmin = "system_admin",
        /// Administers the group and all below it.
        GroupAdmin = "group_admin",
        /// Teaches here.
        Teacher = "teacher",
        /// Learns here.
        Student = "student",
    }
}
codes! {
    /// What a person is in a [`Class`](crate::Class).
    ClassRole, "class role" {
        /// Teaches the class; there may be several.
        Teacher = "teacher",
        /// Attends the class.
        Student = "student",
    }
}
codes! {
    /// The device or way of a sign-in, which decides how long a [`Session`](crate::Session) lives.
    SessionContext, "session context" {
        /// A device of one's own.
        Personal = "personal",
        /// A shared device: two hours, never extended.
        Shared = "shared",
        /// Not said.
        Unknown = "unknown",
        /// Through Google.
        OauthGoogle = "oauth_google",
        /// Through Microsoft.
        OauthMicrosoft = "oauth_microsoft",
    }
}
codes! {
    /// What a [`Tool`](crate::Tool) is.
    ToolType, "tool type" {
        /// One talks with it.
        Chat = "chat",
        /// It makes something.
        Product = "product",
    }
}
codes! {
    /// Whether a [`ChatSession`](crate::ChatSession) goes on.
    ChatState, "chat state" {
        /// Takes messages.
        Active = "active",
        /// Has ended and takes no more.
        Completed = "completed",
    }
}
codes! {
    /// Who says a [`Message`](crate::Message).
    MessageRole, "message role" {
        /// The person.
        User = "user",
        /// The tool.
        Assistant = "assistant",
        /// The instructions that the tool was given.
        System = "system",
    }
}
codes! {
    /// Where the bytes of a [`File`](crate::File) are.
    StorageBackend, "storage backend" {
        /// An S3-compatible store.
        S3 = "s3",
        /// The local disk.
        Local = "local",
    }
}
codes! {
    /// Whether a [`File`](crate::File) is there, in step with its `deleted_at`.
    FileStatus, "file status" {
        /// There.
        Active = "active",
        /// Removed, and restorable for 30 days.
        SoftDeleted = "soft_deleted",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read_as_it_is_written() {
        for role in GroupRole::ALL {
            assert_eq!(role.as_str().parse(), Ok(*role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
        }
    }

    #[test]
    fn an_unknown_code_is_named_with_those_that_are_allowed() {
        insta::assert_snapshot!(
            "principal".parse::<ClassRole>().unwrap_err(),
            @r#""principal" is no class role: it is one of teacher student"#
        );
    }
}
