//! Errors as people read them: what went wrong on one line, and the way out on another.

use std::fmt;
use std::io::Write;

use anstyle::{AnsiColor, Style};
use homeroom::conversations::ConversationError;
use homeroom::roster::RosterError;

use crate::outcome::Outcome;
use crate::terminal::OutputClosed;

/// A refusal of the command's own, with the way out.
#[derive(Debug)]
pub(crate) struct Refusal {
    message: String,
    help: String,
}

impl Refusal {
    pub(crate) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refusal {}

/// The way out of an error, added to it by a command that knows better than the error itself.
#[derive(Debug)]
pub(crate) struct WayOut(pub(crate) String);

impl fmt::Display for WayOut {
    /// Nothing: it is told after the error, see [`report`].
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

/// Whether the error is only that nobody reads the output any more.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.is::<OutputClosed>()
}

/// How a run ended that ended with this error: a history that does not fit the files is drift.
pub(crate) fn outcome(error: &anyhow::Error) -> Outcome {
    use homeroom_migrate::Error;
    let of_migrate = error.chain().find_map(|cause| match cause.downcast_ref() {
        Some(homeroom::Error::Migrate(error)) => Some(error),
        _ => cause.downcast_ref(),
    });
    match of_migrate {
        Some(Error::History { .. } | Error::NewerSchema { .. }) => Outcome::Drift,
        _ => Outcome::Failed,
    }
}

/// Tells an error with its causes, and the way out where one is known.
pub(crate) fn report(error: &anyhow::Error) {
    write_line(AnsiColor::Red.on_default().bold(), "error", &message(error));
    if let Some(help) = way_out(error) {
        write_line(AnsiColor::Cyan.on_default().bold(), "help", &help);
    }
}

/// Tells something that is no error.
pub(crate) fn tell(text: &str) {
    // Without a standard error there is nobody to tell.
    let _ = writeln!(anstream::stderr(), "{text}");
}

fn write_line(style: Style, word: &str, text: &str) {
    let _ = writeln!(anstream::stderr(), "{style}{word}:{style:#} {text}");
}

/// The error and its causes on one line, nothing twice.
pub(crate) fn message(error: &anyhow::Error) -> String {
    let mut message = String::new();
    for cause in error.chain() {
        let said = match migration_failure(cause) {
            Some(failure) => {
                format!("{}_{} failed: {}", failure.version, failure.name, failure.message)
            }
            None => cause.to_string(),
        };
        // The driver's own words only announce the next ones.
        let said = said.trim_start_matches("ERROR: ").trim_start_matches("FATAL: ").trim_end();
        if matches!(said, "" | "db error" | "error connecting to server") || message.contains(said)
        {
            continue;
        }
        if !message.is_empty() {
            message.push_str(": ");
        }
        message.push_str(said);
    }
    message
}

/// A failed migration that tells the way out itself. Where in the SQL it says so is of no use then.
fn migration_failure<'a>(
    cause: &'a (dyn std::error::Error + 'static),
) -> Option<&'a homeroom_migrate::Failure> {
    let error = match cause.downcast_ref() {
        Some(homeroom::Error::Migrate(error)) => error,
        _ => cause.downcast_ref()?,
    };
    let homeroom_migrate::Error::Failed(failure) = error else { return None };
    tells_the_way_out(failure).then_some(failure)
}

/// Whether its hint is the way out: one of RAISE with insufficient_privilege, feature_not_supported, invalid_schema_name.
fn tells_the_way_out(failure: &homeroom_migrate::Failure) -> bool {
    matches!(failure.code.as_str(), "42501" | "0A000" | "3F000") && failure.hint.is_some()
}

/// The way out of an error, where one is known.
pub(crate) fn way_out(error: &anyhow::Error) -> Option<String> {
    if let Some(WayOut(help)) = error.downcast_ref() {
        return Some(help.clone());
    }
    error.chain().find_map(|cause| {
        if let Some(refusal) = cause.downcast_ref::<Refusal>() {
            return Some(refusal.help.clone());
        }
        if let Some(error) = cause.downcast_ref() {
            return of_homeroom(error);
        }
        if let Some(error) = cause.downcast_ref() {
            return of_migrate(error);
        }
        if let Some(error) = cause.downcast_ref() {
            return of_roster(error);
        }
        if let Some(error) = cause.downcast_ref() {
            return of_conversations(error);
        }
        if let Some(help) = of_advisor(cause) {
            return Some(help.to_owned());
        }
        cause.downcast_ref().and_then(of_embed)
    })
}

fn of_homeroom(error: &homeroom::Error) -> Option<String> {
    let help = match error {
        homeroom::Error::Config(_) => {
            "correct these variables, or unset them for their defaults".to_owned()
        }
        homeroom::Error::Refused { source, .. } => refused(&source.to_string()),
        homeroom::Error::Unavailable { .. } => {
            "is a PostgreSQL running there? Without DATABASE_URL homeroom starts a private one"
                .to_owned()
        }
        homeroom::Error::Retry { .. } | homeroom::Error::Locked { .. } => {
            "run the command again".to_owned()
        }
        homeroom::Error::Invalid { field, .. } if field == "cursor" => {
            "take --after from the end of the page before, or leave it out for the first page"
                .to_owned()
        }
        homeroom::Error::Cancelled { .. } => {
            "let it take longer: DATABASE_STATEMENT_TIMEOUT=10m".to_owned()
        }
        homeroom::Error::Migrate(error) => return of_migrate(error),
        _ => return None,
    };
    Some(help)
}

fn refused(said: &str) -> String {
    let help = if said.starts_with("database ") && said.ends_with("does not exist") {
        "create the database (createdb), or name another one in DATABASE_URL"
    } else if said.contains("pg_hba.conf") {
        "let the server's pg_hba.conf allow this user from here, or use another DATABASE_URL"
    } else {
        "check user and password in DATABASE_URL (special characters percent-encoded: @ is %40)"
    };
    help.to_owned()
}

fn of_migrate(error: &homeroom_migrate::Error) -> Option<String> {
    use homeroom_migrate::Error;
    let help = match error {
        Error::NewerSchema { newest_known, .. } => match newest_known {
            Some(known) => format!("update homeroom, or `homeroom migrate down --to {known}`"),
            None => "update homeroom".to_owned(),
        },
        Error::History { .. } => "`homeroom migrate status` shows each migration".to_owned(),
        // Any other hint stands in the message, with the place.
        Error::Failed(failure) if tells_the_way_out(failure) => return failure.hint.clone(),
        Error::ReadFolder { .. } => "name a folder that you can read with --dir".to_owned(),
        Error::WriteFile { .. } => "name a folder that you can write to with --dir".to_owned(),
        Error::Folder(_) => "correct the files and run it again: nothing was changed".to_owned(),
        Error::AdoptWhich { tools } if tools.is_empty() => {
            "name the database that the tool has migrated in DATABASE_URL".to_owned()
        }
        Error::AdoptWhich { .. } => "name the tool with --from".to_owned(),
        Error::Dump { said, .. } if said.contains("server version mismatch") => {
            "name the programs of a PostgreSQL that is as new as the server in HOMEROOM_PG_BIN".to_owned()
        }
        Error::PgDump { .. } => "name a folder with PostgreSQL's programs in HOMEROOM_PG_BIN".to_owned(),
        Error::OldServer { .. } => "upgrade that server, or name a newer one in DATABASE_URL".to_owned(),
        Error::Locked { .. } => "wait longer with --wait 30m".to_owned(),
        Error::UnknownVersion { .. } => "`homeroom migrate status` lists those there are".to_owned(),
        Error::Database { source, .. } if source.code().is_some_and(|it| it.code() == "25006") => {
            "it is a standby, or default_transaction_read_only is on: name the server that takes writes in DATABASE_URL".to_owned()
        }
        Error::Database { .. } | Error::NoSchema => {
            "the user of DATABASE_URL needs the right to create in the schema public: its owner, or GRANT CREATE"
                .to_owned()
        }
        Error::Interrupted { .. } | Error::CommitUnknown { .. } => "run `homeroom migrate status`".to_owned(),
        _ => return None,
    };
    Some(help)
}

fn of_roster(error: &RosterError) -> Option<String> {
    let help = match error {
        RosterError::Read { .. } => "name a folder or a zip that you can read",
        RosterError::Archive { .. } => "fetch the zip again, or give the unpacked folder",
        RosterError::Manifest { .. }
        | RosterError::MissingFile { .. }
        | RosterError::Header { .. } => {
            "export it again, as a bulk package in CSV of OneRoster 1.1 or 1.2"
        }
        RosterError::Encoding { .. } | RosterError::Rows { .. } => {
            "correct it and import again: nothing was written"
        }
        RosterError::Source { .. } => "give a shorter name with --source",
        RosterError::Database(error) => return of_homeroom(error),
        _ => return None,
    };
    Some(help.to_owned())
}

fn of_conversations(error: &ConversationError) -> Option<String> {
    let help = match error {
        ConversationError::Read { .. } => "name a file that you can read",
        ConversationError::Line { .. } => "correct the line and import again: nothing was written",
        ConversationError::Source { .. } => "give another source",
        ConversationError::Database(error) => return of_homeroom(error),
        _ => return None,
    };
    Some(help.to_owned())
}

fn of_advisor(cause: &(dyn std::error::Error + 'static)) -> Option<&'static str> {
    use homeroom_advisor::{Error, ImportError, RegisterError};
    if let Some(error) = cause.downcast_ref::<Error>() {
        return match error {
            Error::UnknownSchema { .. } => {
                Some("name one that is there with --schema, or leave it out for all")
            }
            Error::UnknownRule { .. } => Some("`homeroom advise rules` lists those there are"),
            _ => None,
        };
    }
    if let Some(error) = cause.downcast_ref::<RegisterError>() {
        return match error {
            RegisterError::Unknown { .. } => {
                Some("`homeroom advise register show` lists those there are")
            }
            RegisterError::Toml(_) | RegisterError::Entry { .. } => {
                Some("correct it, or take an older version of the file out of git")
            }
            _ => None,
        };
    }
    match cause.downcast_ref::<ImportError>()? {
        ImportError::HasPage => {
            Some("a register takes over one page: name another one with --register")
        }
        ImportError::Taken { .. } => {
            Some("give one of them another id, and import again: nothing was written")
        }
        _ => Some("correct the page, and import again: nothing was written"),
    }
}

fn of_embed(error: &homeroom_embed::Error) -> Option<String> {
    use homeroom_embed::Error;
    let help = match error {
        Error::NotFound { .. } | Error::Fetch { .. } => {
            "install PostgreSQL as said, name its folder of programs in HOMEROOM_PG_BIN, or use another server by DATABASE_URL"
        }
        Error::Files { .. } => "name a folder that you can write to in HOMEROOM_DATA_DIR",
        Error::Running { .. } => "`homeroom postgres stop`",
        Error::Start { .. } | Error::Initdb { .. } => {
            "the server's own words are above; `homeroom postgres status` shows where its data is"
        }
        _ => return None,
    };
    Some(help.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context;

    #[test]
    fn a_cause_that_was_said_already_is_not_said_again() {
        let inner: anyhow::Result<()> = Err(anyhow::anyhow!("no such file"));
        let error =
            inner.context("can't read x: no such file").context("the import failed").unwrap_err();
        assert_eq!(message(&error), "the import failed: can't read x: no such file");
    }

    #[test]
    fn the_way_out_is_found_below_any_context() {
        let error = anyhow::Error::new(Refusal::new("no", "say yes")).context("outer");
        assert_eq!(message(&error), "outer: no");
        assert_eq!(way_out(&error).as_deref(), Some("say yes"));
    }

    #[test]
    fn a_database_that_is_not_there_has_another_way_out_than_a_wrong_password() {
        assert!(refused("database \"x\" does not exist").contains("createdb"));
        assert!(refused("role \"x\" does not exist").contains("user"));
        assert!(refused("password authentication failed for user \"x\"").contains("password"));
    }
}
