//! The linter squawk: which of its rules are asked, how bad they are, and what the run on a scratch database can say against them.

use std::ops::Range;
use std::str::FromStr as _;

use squawk_linter::{Linter, LinterSettings, Rule, Version};
use squawk_syntax::{Parse, SourceFile, SyntaxKind};

use super::finding::Severity;
use crate::script::{Mode, Script};

/// Rules that say nothing about a migration that this crate runs.
const OFF: [Rule; 9] = [
    // The engine sets lock_timeout and, when it is told to, statement_timeout.
    Rule::RequireLockTimeout,
    Rule::RequireStatementTimeout,
    // A migration that fails part way leaves nothing, or goes on where it stopped: IF EXISTS would hide what is wrong.
    Rule::PreferRobustStmts,
    // A file's own BEGIN and COMMIT are respected; one without the other is a fault of the folder.
    Rule::TransactionNesting,
    Rule::BanUncommittedTransaction,
    // An alias of the first two.
    Rule::RequireTimeoutSettings,
    // What values a column is to hold is not a question of migrating.
    Rule::PreferBigintOverInt,
    Rule::PreferBigintOverSmallint,
    Rule::PreferTextField,
];

/// The oldest PostgreSQL that this crate knows, taken where there is no server to ask.
const OLDEST_MAJOR: u32 = 14;

/// What the linter found.
pub(super) struct Violation {
    pub(super) rule: Rule,
    pub(super) bytes: Range<usize>,
    pub(super) message: String,
    pub(super) help: Option<String>,
    /// Whether a `-- squawk-ignore` says that it is known.
    pub(super) is_ignored: bool,
}

/// A comment of a script.
pub(super) struct Comment<'a> {
    pub(super) bytes: Range<usize>,
    /// What it says, without its marks.
    pub(super) text: &'a str,
}

/// What the linter says of an up script, for this major of PostgreSQL.
pub(super) fn lint(script: &Script, major: Option<u32>) -> Vec<Violation> {
    let sql = script.sql();
    let settings = LinterSettings {
        pg_version: Version::from_str(&major.unwrap_or(OLDEST_MAJOR).to_string())
            .unwrap_or_default(),
        assume_in_transaction: script.mode() == Mode::Transaction,
    };
    let heard = run(sql, settings.clone());
    // Without its comments the script is linted as if nothing were ignored: what the trace confirms of an ignored finding is ignored too.
    let violations = run(&without_comments(sql), settings);
    let mut found: Vec<Violation> = violations
        .into_iter()
        .map(|violation| Violation {
            is_ignored: !heard
                .iter()
                .any(|one| (one.code, one.text_range) == (violation.code, violation.text_range)),
            rule: violation.code,
            bytes: usize::from(violation.text_range.start())
                ..usize::from(violation.text_range.end()),
            message: violation.message,
            help: violation.help,
        })
        .collect();
    // Faults of the ignoring comments themselves.
    found.extend(heard.into_iter().filter(|one| one.code == Rule::UnusedIgnore).map(|one| {
        Violation {
            rule: one.code,
            bytes: usize::from(one.text_range.start())..usize::from(one.text_range.end()),
            message: one.message,
            help: one.help,
            is_ignored: false,
        }
    }));
    without_repetitions(found)
}

/// The comments of a script, in their order.
pub(super) fn comments(sql: &str) -> Vec<Comment<'_>> {
    comment_ranges(&SourceFile::parse(sql))
        .filter_map(|bytes| {
            let text = sql.get(bytes.clone())?;
            let inner = text.strip_prefix("--").or_else(|| {
                text.strip_prefix("/*").map(|text| text.strip_suffix("*/").unwrap_or(text))
            });
            Some(Comment { bytes, text: inner?.trim() })
        })
        .collect()
}

/// What of a rule's claim the run on a scratch database can confirm or refute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Claim {
    /// None: it stands in any case.
    Nothing,
    /// That it is about a relation which was there before the migration.
    ExistingRelation,
    /// That such a relation is read from end to end or written anew.
    Scan,
    /// That such a relation is written anew.
    Rewrite,
}

pub(super) fn claim(rule: Rule) -> Claim {
    match rule {
        Rule::AddingFieldWithDefault => Claim::Rewrite,
        Rule::AddingForeignKeyConstraint
        | Rule::AddingNotNullableField
        | Rule::ConstraintMissingNotValid => Claim::Scan,
        Rule::RequireConcurrentIndexCreation
        | Rule::RequireConcurrentIndexDeletion
        | Rule::RequireConcurrentPartitionDetach
        | Rule::RequireConcurrentReindex
        | Rule::AddingRequiredField
        | Rule::AddingSerialPrimaryKeyField
        | Rule::ChangingColumnType
        | Rule::DisallowedUniqueConstraint
        | Rule::PreferRepack
        | Rule::RenamingColumn
        | Rule::RenamingTable
        | Rule::BanCharField
        | Rule::BanDropColumn
        | Rule::BanDropConstraint
        | Rule::BanDropDefault
        | Rule::BanDropGeneratedExpression
        | Rule::BanDropNotNull
        | Rule::BanDropSequence
        | Rule::BanDropTable
        | Rule::BanDropView
        | Rule::BanAlterIdentity
        | Rule::BanTruncateCascade
        | Rule::PreferIdentity
        | Rule::PreferTimestampTz => Claim::ExistingRelation,
        _ => Claim::Nothing,
    }
}

/// Whether a rule says that a statement takes as long as a table is large.
pub(super) fn is_about_duration(rule: Rule) -> bool {
    matches!(claim(rule), Claim::Scan | Claim::Rewrite)
        || matches!(
            rule,
            Rule::AddingRequiredField
                | Rule::AddingSerialPrimaryKeyField
                | Rule::ChangingColumnType
                | Rule::DisallowedUniqueConstraint
                | Rule::PreferRepack
                | Rule::RequireConcurrentIndexCreation
                | Rule::RequireConcurrentReindex
        )
}

pub(super) fn severity(rule: Rule) -> Severity {
    match rule {
        // They fail, on tables that have rows at the latest.
        Rule::AddingRequiredField
        | Rule::BanConcurrentIndexCreationInTransaction
        | Rule::BanDropDatabase
        | Rule::BanDuplicateColumnAssignments => Severity::Error,
        // Worth another thought, and harmless to a database in use.
        Rule::BanCharField
        | Rule::BanCreateDomainWithConstraint
        | Rule::PreferIdentity
        | Rule::PreferTimestampTz
        | Rule::RequireEnumValueOrdering => Severity::Note,
        _ => Severity::Warning,
    }
}

fn run(sql: &str, settings: LinterSettings) -> Vec<squawk_linter::Violation> {
    // All that squawk does not call opt-in: those forbid what migrations are for.
    let mut linter = Linter::with_rules(&[], &OFF);
    linter.settings = settings;
    linter.lint(&SourceFile::parse(sql), sql)
}

/// The script with spaces for its comments, everything else where it was.
fn without_comments(sql: &str) -> String {
    let mut bare = String::with_capacity(sql.len());
    for bytes in comment_ranges(&SourceFile::parse(sql)) {
        bare.push_str(sql.get(bare.len()..bytes.start).unwrap_or(""));
        bare.extend(std::iter::repeat_n(' ', bytes.len()));
    }
    bare.push_str(sql.get(bare.len()..).unwrap_or(""));
    bare
}

fn comment_ranges(parse: &Parse<SourceFile>) -> impl Iterator<Item = Range<usize>> {
    let tokens = parse.syntax_node().descendants_with_tokens();
    let tokens = tokens.filter_map(|element| element.as_token().cloned());
    tokens
        .filter(|token| token.kind() == SyntaxKind::COMMENT)
        .map(|token| token.text_range())
        .map(|range| usize::from(range.start())..usize::from(range.end()))
}

/// Leaves out the general rule where a particular one says the same of the same piece.
fn without_repetitions(violations: Vec<Violation>) -> Vec<Violation> {
    let particular: Vec<Range<usize>> = violations
        .iter()
        .filter(|one| {
            matches!(
                one.rule,
                Rule::AddingForeignKeyConstraint
                    | Rule::AddingSerialPrimaryKeyField
                    | Rule::DisallowedUniqueConstraint
            )
        })
        .map(|one| one.bytes.clone())
        .collect();
    let overlaps = |a: &Range<usize>, b: &Range<usize>| a.start < b.end && b.start < a.end;
    let is_repeated = |one: &Violation| {
        one.rule == Rule::ConstraintMissingNotValid
            && particular.iter().any(|other| overlaps(&one.bytes, other))
    };
    violations.into_iter().filter(|one| !is_repeated(one)).collect()
}
