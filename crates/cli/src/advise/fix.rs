//! `homeroom advise fix`: the migration that mends an entry, tried before it is written.

use std::path::PathBuf;

use anyhow::{Context, Result};
use homeroom_advisor::{Entry, FixError, write_migration};
use serde::Serialize;
use serde_json::Value;

use super::file::File;
use super::look::{Wanted, look};
use super::text::proven;
use super::today;
use crate::cli::{FixArguments, LookArguments};
use crate::failure::{Refusal, WayOut};
use crate::outcome::Outcome;
use crate::terminal;

/// As long as PostgreSQL's names, which is enough for that of a file.
const LONGEST: usize = 63;

#[derive(Serialize)]
struct Report<'a> {
    id: &'a str,
    files: &'a [PathBuf],
    /// What trying it showed.
    proof: &'a Value,
}

pub(super) async fn run(arguments: &FixArguments) -> Result<Outcome> {
    let file = File::get(&arguments.register.path)?;
    let entry = file.register.get(&arguments.id)?;
    let id = entry.id.as_str();
    if entry.is_completed() {
        let help = format!("`homeroom advise register show {id}` tells when and by what");
        return Err(Refusal::new(format!("{id} is completed"), help).into());
    }
    let Some(rule) = &entry.rule else {
        let help = "write its migration yourself: `homeroom migrate new NAME`";
        return Err(Refusal::new(format!("{id} was found by a person, not by a rule"), help).into());
    };
    if !arguments.dir.is_dir() {
        let message = format!("there is no folder {}", arguments.dir.display());
        return Err(Refusal::new(message, "name the folder of migrations with --dir").into());
    }
    let look_at = LookArguments {
        rule: vec![rule.clone()],
        migrations: Some(arguments.dir.clone()),
        scratch: arguments.scratch,
        ..LookArguments::default()
    };
    let mut report = look(&look_at, Wanted { proofs: true, ..Wanted::default() }).await?;
    file.register.annotate(&mut report, today());
    let mut findings = report.findings.iter();
    let is_it = |standing: &homeroom_advisor::Standing| standing.id == id;
    let Some(finding) = findings.find(|it| it.register.as_ref().is_some_and(is_it)) else {
        let message = format!("{rule} doesn't find what {id} says any more");
        return Err(Refusal::new(message, "complete it: `homeroom advise register update`").into());
    };
    let proof = finding.evidence.get("proof").unwrap_or(&Value::Null);
    if matches!(
        proof.get("outcome").and_then(Value::as_str),
        Some("failed" | "still_found" | "not_restored")
    ) {
        let message = format!("what is suggested for {id} does not work here: {}", proven(proof));
        let help = "write the migration yourself: `homeroom migrate new NAME`";
        return Err(Refusal::new(message, help).into());
    }
    let Some(suggestion) = &finding.suggestion else {
        let message = format!("{id} has no SQL that mends it");
        return Err(Refusal::new(message, finding.mitigation.clone()).into());
    };
    let comment = format!("{id}: {}", terminal::one_line(&finding.title));
    let files = match write_migration(suggestion, &arguments.dir, &name(entry), &comment) {
        Err(FixError::Migrations(error)) => return Err(error.into()),
        written => {
            let help = "name a folder that you can write to with --dir".to_owned();
            written.context(WayOut(help))?
        }
    };
    terminal::tell(arguments.output, &Report { id, files: &files, proof }, || {
        let lines: String = files.iter().map(|file| format!("{}\n", file.display())).collect();
        format!("{lines}{}\n", proven(proof))
    })
}

/// `duplicate_index_people_email_idx`: the rule and the last name of what it is about.
fn name(entry: &Entry) -> String {
    let object = entry.object.as_deref().unwrap_or(&entry.title);
    let object = object.split('(').next().unwrap_or_default();
    let object = object.rsplit(['.', ' ']).next().unwrap_or_default();
    let name = format!("{}_{object}", entry.rule.as_deref().unwrap_or(&entry.id));
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let name = words.collect::<Vec<_>>().join("_").to_lowercase();
    name.chars().take(LONGEST).collect()
}
