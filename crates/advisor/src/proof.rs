//! Suggestions that are tried: on a copy of the schema the pair applies, the finding is gone, and the down restores what was there.

use std::error::Error as StdError;
use std::fmt;

use homeroom_migrate::{Catalog, DownOptions, Migrator, PgDump, UpOptions};
use serde::Serialize;
use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::advise::{Options, advise};
use crate::error::Error;
use crate::finding::{Finding, Suggestion};
use crate::rule::Family;
use crate::rules;
use crate::scratch::Scratch;

/// The schema of a database, without a row of it.
#[derive(Debug, Clone)]
pub struct SchemaCopy {
    /// Statements that make the roles that the schema names, each for itself.
    roles: Vec<String>,
    dump: String,
}

/// What trying a suggestion showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Proof {
    /// The rule found it on the copy, no longer after the up, and the down restored the schema.
    Proven,
    /// The pair applies and restores, but the copy has no rows and no statistics, without which the rule finds nothing.
    Reversible,
    /// There is nothing that could be tried on a copy of the schema.
    NotTried {
        /// Why.
        why: String,
    },
    /// A script of the pair fails.
    Failed {
        /// Which one, and what PostgreSQL says.
        why: String,
    },
    /// The rule finds it still.
    StillFound,
    /// The down leaves another schema than was there before.
    NotRestored {
        /// What is different.
        difference: String,
    },
}

impl Proof {
    /// Whether the suggestion may be shown as one that works.
    #[must_use]
    pub const fn is_sound(&self) -> bool {
        matches!(self, Self::Proven | Self::Reversible)
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Proven => formatter.write_str(
                "tried on a copy of the schema: the finding is gone after the up, and the down restores what was there",
            ),
            Self::Reversible => formatter.write_str(
                "tried on a copy of the schema: the pair applies and restores; without rows the rule finds nothing there",
            ),
            Self::NotTried { why } => write!(formatter, "not tried: {why}"),
            Self::Failed { why } => write!(formatter, "tried on a copy of the schema: {why}"),
            Self::StillFound => formatter.write_str("tried on a copy of the schema: the rule finds it still after the up"),
            Self::NotRestored { difference } => {
                write!(formatter, "tried on a copy of the schema: the down leaves another schema\n{difference}")
            }
        }
    }
}

/// Why nothing could be tried.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProveError {
    /// The schema could not be read.
    #[error("the schema could not be copied")]
    Read(#[source] Box<dyn StdError + Send + Sync>),
    /// The rules could not be run there.
    #[error("the rules could not be run on the copy")]
    Advise(#[from] Error),
    /// The catalog could not be compared.
    #[error("the schemas could not be compared")]
    Compare(#[source] homeroom_migrate::Error),
}

impl SchemaCopy {
    /// Reads the schema of the database that `client` is a session of and `pg_dump` connects to. Blocks while `pg_dump` runs.
    ///
    /// # Errors
    /// [`ProveError::Read`].
    pub async fn read(client: &Client, pg_dump: &PgDump) -> Result<Self, ProveError> {
        let rows = client.query(include_str!("proof/roles.sql"), &[]).await;
        let rows = rows.map_err(|error| ProveError::Read(error.into()))?;
        let roles = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>();
        let roles = roles.map_err(|error| ProveError::Read(error.into()))?;
        let dump = pg_dump.schema().map_err(|error| ProveError::Read(error.into()))?;
        // A function that finds its tables by the search_path alone (the rule mutable-search-path) could not be restored otherwise.
        let dump = dump.replace("SELECT pg_catalog.set_config('search_path', '', false);\n", "");
        Ok(Self { roles, dump })
    }

    /// Makes it in an empty database.
    async fn make(&self, client: &Client) -> Result<(), tokio_postgres::Error> {
        for role in &self.roles {
            client.batch_execute(role).await?;
        }
        client.batch_execute(&self.dump).await?;
        // A dump sets check_function_bodies and others.
        client.batch_execute("RESET ALL").await
    }
}

/// Tries suggestions, one after the other, on copies of a schema.
#[derive(Debug)]
pub struct Prover<'a> {
    scratch: &'a dyn Scratch,
    copy: SchemaCopy,
    /// A copy as it was made.
    bench: Option<Client>,
    /// Why no copy can be made.
    unmakable: Option<String>,
}

impl<'a> Prover<'a> {
    /// One for a database of which this is the schema.
    #[must_use]
    pub fn new(scratch: &'a dyn Scratch, copy: SchemaCopy) -> Self {
        Self { scratch, copy, bench: None, unmakable: None }
    }

    /// Tries the suggestion of a finding, and adds what that showed to its evidence, as `proof`.
    ///
    /// # Errors
    /// [`ProveError`]; a suggestion that fails is none, but a [`Proof`].
    pub async fn prove(&mut self, finding: &mut Finding) -> Result<Proof, ProveError> {
        let proof = match &finding.suggestion {
            None => Proof::NotTried { why: "nothing is suggested".to_owned() },
            Some(suggestion) => match untriable(finding) {
                Some(why) => Proof::NotTried { why: why.to_owned() },
                None => self.attempt(finding, suggestion).await?,
            },
        };
        match &mut finding.evidence {
            Value::Object(evidence) => {
                evidence.insert("proof".to_owned(), json!(proof));
            }
            Value::Null => finding.evidence = json!({ "proof": proof }),
            other => *other = json!({ "found": other.take(), "proof": proof }),
        }
        Ok(proof)
    }

    async fn attempt(
        &mut self,
        finding: &Finding,
        suggestion: &Suggestion,
    ) -> Result<Proof, ProveError> {
        let client = match (self.bench.take(), &self.unmakable) {
            (Some(client), _) => Ok(client),
            (None, Some(why)) => Err(why.clone()),
            (None, None) => self.open().await,
        };
        let mut client = match client {
            Ok(client) => client,
            Err(why) => {
                self.unmakable = Some(why.clone());
                return Ok(Proof::NotTried { why });
            }
        };
        let down = suggestion
            .down
            .clone()
            .unwrap_or_else(|| "-- irreversible: nothing can take it back".to_owned());
        let files = [
            ("0001_suggestion.up.sql", suggestion.up.as_str()),
            ("0001_suggestion.down.sql", &down),
        ];
        let migrator = match Migrator::from_texts(files) {
            Ok(migrator) => migrator,
            Err(error) => return Ok(Proof::Failed { why: told(&error) }),
        };
        let before = migrator.catalog(&client).await.map_err(ProveError::Compare)?;
        let was_found = is_found(&client, finding).await?;
        if let Err(error) = migrator.up(&mut client, &UpOptions::default()).await {
            let why = format!("the up fails: {}", told(&error));
            // A dump leaves out what is invalid, among others.
            return Ok(if was_found {
                Proof::Failed { why }
            } else {
                Proof::NotTried { why: format!("it is not on a copy of the schema; {why}") }
            });
        }
        if was_found && is_found(&client, finding).await? {
            return Ok(Proof::StillFound);
        }
        if suggestion.down.is_some() {
            if let Err(error) = migrator.down(&mut client, &DownOptions::default()).await {
                return Ok(Proof::Failed { why: format!("the down fails: {}", told(&error)) });
            }
            let after: Catalog = migrator.catalog(&client).await.map_err(ProveError::Compare)?;
            let difference = before.diff(&after);
            if !difference.is_empty() && !difference.is_layout_only() {
                return Ok(Proof::NotRestored { difference: difference.to_string() });
            }
            // It is as it was made, but for an empty table of migrations.
            self.bench = Some(client);
        }
        Ok(if was_found { Proof::Proven } else { Proof::Reversible })
    }

    /// A database with a copy, or why there is none.
    async fn open(&self) -> Result<Client, String> {
        let client = self
            .scratch
            .database()
            .await
            .map_err(|error| format!("there is no scratch database: {error}"))?;
        let made = self.copy.make(&client).await;
        made.map_err(|error| {
            format!("the schema can't be made in a scratch database: {}", told(&error))
        })?;
        Ok(client)
    }
}

/// Why the suggestion of a finding can't be tried on a copy of the schema.
fn untriable(finding: &Finding) -> Option<&'static str> {
    let family = rules::find(finding.rule).map(|rule| rule.family);
    match family {
        Some(Family::Migrations) => Some("it is about files"),
        // Those of tables are.
        Some(Family::Configuration) if finding.object.kind != crate::ObjectKind::Table => {
            Some("it is about the server")
        }
        _ => None,
    }
}

/// Whether the rule finds it in a database.
async fn is_found(client: &Client, finding: &Finding) -> Result<bool, ProveError> {
    let options = Options { rules: Some(vec![finding.rule.to_owned()]), ..Options::default() };
    let report = advise(client, &options).await?;
    Ok(report.findings.iter().any(|found| found.fingerprint == finding.fingerprint))
}

/// An error with its causes.
fn told(error: &(dyn StdError + 'static)) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        told = format!("{told}: {error}");
        cause = error.source();
    }
    told
}
