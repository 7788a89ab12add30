//! What can go wrong.

/// Why a run could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// PostgreSQL or the connection to it failed outside of the rules.
    #[error("{doing} failed")]
    Database {
        /// What was being done.
        doing: &'static str,
        /// Why it failed.
        source: tokio_postgres::Error,
    },

    /// A schema that isn't there.
    #[error("there is no schema {name} in this database")]
    UnknownSchema {
        /// Its name.
        name: String,
    },

    /// A rule that isn't there.
    #[error("there is no rule {id}")]
    UnknownRule {
        /// The id that was asked for.
        id: String,
    },
}

/// Why one rule found nothing out. The others go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RuleError {
    /// PostgreSQL refused a statement: a missing right, most often.
    #[error("the database refused it")]
    Database(#[source] tokio_postgres::Error),

    /// The rule has nothing to look at here, because …
    #[error("{0}")]
    Skip(String),

    /// The query of the rule returned what no finding can be made of: a fault of the rule.
    #[error("the rule is at fault: {0}")]
    Shape(String),

    /// The migrations could not be looked at.
    #[error("the migrations could not be looked at")]
    Migrations(#[source] homeroom_migrate::Error),
}
