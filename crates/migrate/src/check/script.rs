//! All findings of one up script: the linter's, those of its run and our own, each once, less those that a comment says are known.

use std::ops::Range;

use squawk_linter::Rule;

use super::finding::{Finding, FindingPlace, FindingSource, Severity};
use super::ignore::{Ignore, ignores};
use super::linter::{self, Claim};
use super::traced::{self, Step, Verdict};
use crate::script::Script;
use crate::trace::TracedMigration;

const ENUM_VALUE_USED: &str = "enum-value-used";
const IGNORE_WITHOUT_REASON: &str = "ignore-without-reason";
const UNUSED_IGNORE: &str = "unused-check-ignore";

/// A finding before the comments are heard.
struct Draft {
    rule: String,
    severity: Severity,
    source: FindingSource,
    bytes: Range<usize>,
    statement: Option<usize>,
    message: String,
    why: Option<String>,
    help: Option<String>,
    is_ignored: bool,
    /// Whether it is about a relation that was there before.
    is_about_relation: bool,
    /// Whether it says that the statement takes long.
    is_about_duration: bool,
}

/// The findings of an up script. `traced` is its run, if there was one, `major` that of PostgreSQL; of `whole` findings, which are
/// about the file, those are kept that no comment in its head covers.
pub(super) fn check(
    script: &Script,
    traced: Option<&TracedMigration>,
    major: Option<u32>,
    whole: Vec<Finding>,
) -> Vec<Finding> {
    let steps = traced.map(traced::steps);
    let mut drafts = lint(script, steps.as_deref(), major);
    for step in steps.iter().flatten() {
        add_verdicts(script, step, &mut drafts);
    }
    drafts.extend(enum_value_used(script));
    let ignores = ignores(script, &linter::comments(script.sql()));
    let mut findings: Vec<Finding> = whole;
    findings.retain(|finding| !ignores.iter().any(|one| one.covers(&finding.rule, None)));
    let kept = drafts.iter().filter(|draft| {
        !draft.is_ignored
            && !ignores.iter().any(|ignore| ignore.covers(&draft.rule, draft.statement))
    });
    findings.extend(kept.map(|draft| finding(script, draft)));
    for ignore in &ignores {
        findings.extend(fault(script, ignore, &drafts, traced.is_some()));
    }
    findings
}

/// What the linter says and the run does not refute.
fn lint(script: &Script, steps: Option<&[Step<'_>]>, major: Option<u32>) -> Vec<Draft> {
    let violations = linter::lint(script, major).into_iter().filter_map(|violation| {
        let statement = statement_at(script, violation.bytes.start);
        let claim = linter::claim(violation.rule);
        let mut draft = Draft {
            rule: violation.rule.to_string(),
            severity: linter::severity(violation.rule),
            source: FindingSource::Squawk,
            bytes: violation.bytes,
            statement,
            message: sentence(&violation.message),
            why: None,
            help: violation.help.as_deref().map(sentence),
            is_ignored: violation.is_ignored,
            is_about_relation: claim != Claim::Nothing,
            is_about_duration: linter::is_about_duration(violation.rule),
        };
        let text = text_of(script, statement);
        let Some(step) = step_of(script, steps, statement) else {
            return (claim == Claim::Nothing || !traced::creates_table(text)).then_some(draft);
        };
        if !step.confirms(claim, text) {
            return None;
        }
        if draft.is_about_relation && draft.severity > Severity::Note {
            draft.why = step.facts();
            if step.rewrites_rows() {
                draft.severity = Severity::Error;
            }
        }
        if violation.rule == Rule::ChangingColumnType && step.is_brief() {
            draft.severity = Severity::Note;
            draft.message = "changes the type of a column, which clients that read it may notice".to_owned();
            draft.why = Some("on the scratch database the table was neither written anew nor read; with other settings, as another TimeZone, it may be".to_owned());
        }
        Some(draft)
    });
    violations.collect()
}

/// What the run says and the linter has not said already.
fn add_verdicts(script: &Script, step: &Step<'_>, drafts: &mut Vec<Draft>) {
    let bytes = step.statement.bytes.clone();
    let statement = statement_at(script, bytes.start);
    let is_said = |verdict: &Verdict| {
        drafts.iter().filter(|draft| draft.statement == statement).any(|draft| {
            draft.is_about_duration
                || (draft.is_about_relation && verdict.severity == Severity::Note)
        })
    };
    let mut verdicts = step.verdicts(text_of(script, statement));
    verdicts.retain(|verdict| !is_said(verdict));
    drafts.extend(verdicts.into_iter().map(|verdict| Draft {
        rule: verdict.rule.to_owned(),
        severity: verdict.severity,
        source: FindingSource::Traced,
        bytes: bytes.clone(),
        statement,
        message: verdict.message,
        why: Some(verdict.why.to_owned()),
        help: Some(verdict.help.to_owned()),
        is_ignored: false,
        is_about_relation: true,
        is_about_duration: true,
    }));
}

fn enum_value_used(script: &Script) -> Option<Draft> {
    let index = script.added_enum_value_use()?;
    Some(Draft {
        rule: ENUM_VALUE_USED.to_owned(),
        severity: Severity::Warning,
        source: FindingSource::Homeroom,
        bytes: script.statement(index)?,
        statement: Some(index),
        message: "uses an enum value that this migration adds".to_owned(),
        why: Some("PostgreSQL allows that only after a commit, so the migration does not run in one transaction: when it fails, the statements before it stay".to_owned()),
        help: Some("use the value in the next migration".to_owned()),
        is_ignored: false,
        is_about_relation: false,
        is_about_duration: false,
    })
}

/// What is wrong with an ignoring comment itself.
fn fault(script: &Script, ignore: &Ignore, drafts: &[Draft], was_traced: bool) -> Option<Finding> {
    let is_used = |rule: &String| {
        // What only the run would find is not missed where there was none; nor is what is about the whole file.
        (!was_traced && traced::RULES.contains(&rule.as_str()))
            || super::folder::RULES_OF_FILES.contains(&rule.as_str())
            || drafts
                .iter()
                .any(|draft| ignore.covers(rule, draft.statement) && draft.rule == *rule)
    };
    let (rule, severity, message, help) = if ignore.reason.is_empty() {
        let message = "this comment does not say why the finding is to be ignored".to_owned();
        let help = "write `-- check-ignore: rule reason`";
        (IGNORE_WITHOUT_REASON, Severity::Warning, message, help)
    } else {
        let unused: Vec<&str> =
            ignore.rules.iter().filter(|rule| !is_used(rule)).map(String::as_str).collect();
        if unused.is_empty() {
            return None;
        }
        let message = format!("nothing is found here by {}", unused.join(" and "));
        (UNUSED_IGNORE, Severity::Note, message, "take it away, or put it before its statement")
    };
    Some(Finding {
        rule: rule.to_owned(),
        severity,
        source: FindingSource::Homeroom,
        file: script.file().to_owned(),
        place: Some(FindingPlace::of(script, &ignore.bytes)),
        message,
        why: None,
        help: Some(help.to_owned()),
    })
}

fn finding(script: &Script, draft: &Draft) -> Finding {
    Finding {
        rule: draft.rule.clone(),
        severity: draft.severity,
        source: draft.source,
        file: script.file().to_owned(),
        place: Some(FindingPlace::of(script, &draft.bytes)),
        message: draft.message.clone(),
        why: draft.why.clone(),
        help: draft.help.clone(),
    }
}

fn step_of<'a>(
    script: &Script,
    steps: Option<&'a [Step<'a>]>,
    statement: Option<usize>,
) -> Option<&'a Step<'a>> {
    let start = script.statement(statement?)?.start;
    steps?.iter().find(|step| step.statement.bytes.start == start)
}

/// The statement in which this byte is.
fn statement_at(script: &Script, byte: usize) -> Option<usize> {
    (0..script.length()).find(|index| {
        script.statement(*index).is_some_and(|bytes| bytes.start <= byte && byte < bytes.end)
    })
}

fn text_of(script: &Script, statement: Option<usize>) -> &str {
    statement.map_or("", |index| script.statement_text(index))
}

/// The linter's sentence as ours are written: without a full stop.
fn sentence(text: &str) -> String {
    text.trim().trim_end_matches('.').to_owned()
}
