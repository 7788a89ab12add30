//! The statements of both sources, each once.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::recording::{Recorded, Recording};
use super::shape::{Shape, normalized};
use crate::context::Context;
use crate::error::RuleError;
use crate::finding::{Object, ObjectKind};

/// A statement that was run.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    /// Its text without literals.
    pub(crate) text: String,
    pub(crate) shape: Shape,
    /// What the server says of it.
    pub(crate) served: Option<Served>,
    /// What a recording says of it.
    pub(crate) recorded: Option<Recorded>,
}

/// What `pg_stat_statements` says, times in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Served {
    pub(crate) calls: i64,
    pub(crate) total: f64,
    pub(crate) longest: f64,
    pub(crate) deviation: f64,
    pub(crate) rows: i64,
    pub(crate) temporary_blocks: i64,
    /// How much of the time of all statements is this one's, from 0 to 1.
    pub(crate) share: f64,
}

impl Served {
    /// The time of a call on the average, in milliseconds.
    #[expect(clippy::cast_precision_loss, reason = "a count of calls has less than 53 bits")]
    pub(crate) fn mean(&self) -> f64 {
        self.total / self.calls.max(1) as f64
    }
}

impl Statement {
    /// It as what a finding is about: by a digest of its text, which is too long for a name.
    pub(crate) fn object(&self) -> Object {
        Object::new(ObjectKind::Statement, digest(&self.text))
    }

    /// The beginning of its text, for a title.
    pub(crate) fn short(&self) -> String {
        const LONGEST: usize = 70;
        let text: String = self.text.chars().take(LONGEST).collect();
        if text.len() < self.text.len() { format!("{}…", text.trim_end()) } else { text }
    }
}

/// The first 12 hexadecimal digits of a text's SHA-256.
pub(crate) fn digest(text: &str) -> String {
    let mut digits: String =
        Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
    digits.truncate(12);
    digits
}

/// Reads both sources.
pub(crate) async fn gather(context: &Context<'_>) -> Result<Vec<Statement>, RuleError> {
    let mut statements = BTreeMap::new();
    for (text, served) in served(context).await? {
        entry(&mut statements, &text).served.get_or_insert(served);
    }
    if let Some(file) = context.options.statements {
        let recording =
            Recording::read(file).map_err(|error| RuleError::Skip(error.to_string()))?;
        for recorded in recording.statements {
            let text = recorded.statement.clone();
            entry(&mut statements, &text).recorded = Some(recorded);
        }
    }
    let mut statements: Vec<Statement> = statements.into_values().collect();
    let total = |statement: &Statement| statement.served.map_or(0.0, |served| served.total);
    statements.sort_by(|one, other| {
        total(other).total_cmp(&total(one)).then_with(|| one.text.cmp(&other.text))
    });
    Ok(statements)
}

fn entry<'a>(statements: &'a mut BTreeMap<String, Statement>, text: &str) -> &'a mut Statement {
    let text = normalized(text);
    statements.entry(text).or_insert_with_key(|text| Statement {
        shape: Shape::of(text),
        text: text.clone(),
        served: None,
        recorded: None,
    })
}

/// What the server has counted; nothing where the extension is not there or not loaded.
async fn served(context: &Context<'_>) -> Result<Vec<(String, Served)>, RuleError> {
    let Some(schema) = context.extension("pg_stat_statements") else { return Ok(Vec::new()) };
    let loaded = "SELECT current_setting('pg_stat_statements.max', true) IS NOT NULL";
    let rows = context.query(loaded, &[]).await?;
    if rows.first().is_none_or(|row| !row.get::<_, bool>(0)) {
        return Ok(Vec::new());
    }
    let path = "SELECT set_config('search_path', 'pg_catalog, ' || $1, true)";
    context.query(path, &[&schema]).await?;
    let rows = context.query(include_str!("gathered.sql"), &[]).await;
    context.query(path, &[&"pg_catalog"]).await?;
    let read = |row: &tokio_postgres::Row| -> Result<(String, Served), tokio_postgres::Error> {
        let (total, of_all): (f64, f64) = (row.try_get("total")?, row.try_get("total_of_all")?);
        let served = Served {
            calls: row.try_get("calls")?,
            total,
            longest: row.try_get("longest")?,
            deviation: row.try_get("deviation")?,
            rows: row.try_get("rows")?,
            temporary_blocks: row.try_get("temporary_blocks")?,
            share: if of_all > 0.0 { total / of_all } else { 0.0 },
        };
        Ok((row.try_get("query")?, served))
    };
    rows?.iter().map(read).collect::<Result<_, _>>().map_err(RuleError::Database)
}
