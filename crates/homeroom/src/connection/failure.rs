//! The driver's errors as Diesel has them.

use std::error::Error as _;

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error};
use tokio_postgres::error::{DbError, ErrorPosition, SqlState};

use crate::sqlstate;

/// What the server has refused, or the connection that was lost.
#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
pub(super) fn to_diesel(error: tokio_postgres::Error) -> Error {
    let Some(said) = error.as_db_error() else {
        let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
        return Error::DatabaseError(
            DatabaseErrorKind::UnableToSendCommand,
            Box::new(format!("{error}{cause}")),
        );
    };
    let kind = match said.code() {
        code if *code == SqlState::UNIQUE_VIOLATION => DatabaseErrorKind::UniqueViolation,
        code if *code == SqlState::FOREIGN_KEY_VIOLATION => DatabaseErrorKind::ForeignKeyViolation,
        code if *code == SqlState::RESTRICT_VIOLATION => DatabaseErrorKind::RestrictViolation,
        code if *code == SqlState::EXCLUSION_VIOLATION => DatabaseErrorKind::ExclusionViolation,
        code if *code == SqlState::T_R_SERIALIZATION_FAILURE => {
            DatabaseErrorKind::SerializationFailure
        }
        code if *code == SqlState::READ_ONLY_SQL_TRANSACTION => {
            DatabaseErrorKind::ReadOnlyTransaction
        }
        code if *code == SqlState::NOT_NULL_VIOLATION => DatabaseErrorKind::NotNullViolation,
        code if *code == SqlState::CHECK_VIOLATION => DatabaseErrorKind::CheckViolation,
        _ => DatabaseErrorKind::Unknown,
    };
    if matches!(kind, DatabaseErrorKind::Unknown) {
        sqlstate::remember(said.message(), said.code());
    }
    Error::DatabaseError(kind, Box::new(Said(said.clone())))
}

/// What the server says of an error.
struct Said(DbError);

impl DatabaseErrorInformation for Said {
    fn message(&self) -> &str {
        self.0.message()
    }

    fn details(&self) -> Option<&str> {
        self.0.detail()
    }

    fn hint(&self) -> Option<&str> {
        self.0.hint()
    }

    fn table_name(&self) -> Option<&str> {
        self.0.table()
    }

    fn column_name(&self) -> Option<&str> {
        self.0.column()
    }

    fn constraint_name(&self) -> Option<&str> {
        self.0.constraint()
    }

    fn statement_position(&self) -> Option<i32> {
        let (ErrorPosition::Original(position) | ErrorPosition::Internal { position, .. }) =
            self.0.position()?;
        i32::try_from(*position).ok()
    }
}
