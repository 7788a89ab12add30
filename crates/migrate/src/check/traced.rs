//! What the run of an up script on a scratch database says: which tables in use it would stop, and whether the linter is right.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::Severity;
use super::linter::Claim;
use crate::identifier::fold;
use crate::sql::tokens;
use crate::trace::{LockMode, Relation, RelationKind, TracedMigration, TracedStatement};

/// The rules of this module.
pub(super) const RULES: [&str; 3] = [REWRITES_TABLE, SCANS_TABLE, LOCKS_TABLE];

const REWRITES_TABLE: &str = "rewrites-table";
const SCANS_TABLE: &str = "scans-table";
const LOCKS_TABLE: &str = "locks-table";

/// A statement with all locks that its transaction holds after it.
pub(super) struct Step<'a> {
    pub(super) statement: &'a TracedStatement,
    held: BTreeMap<&'a Relation, LockMode>,
}

/// What is wrong with a statement.
pub(super) struct Verdict {
    pub(super) rule: &'static str,
    pub(super) severity: Severity,
    pub(super) message: String,
    pub(super) why: &'static str,
    pub(super) help: &'static str,
}

/// The statements of a traced script.
pub(super) fn steps(traced: &TracedMigration) -> Vec<Step<'_>> {
    let mut steps: Vec<Step<'_>> = Vec::with_capacity(traced.statements.len());
    for statement in &traced.statements {
        let mut held = match steps.last() {
            Some(last) if last.statement.transaction == statement.transaction => last.held.clone(),
            _ => BTreeMap::new(),
        };
        for lock in &statement.locks {
            held.insert(&lock.relation, lock.mode);
        }
        steps.push(Step { statement, held });
    }
    steps
}

impl Step<'_> {
    /// Whether what the linter claims of this statement, with this text, is so.
    pub(super) fn confirms(&self, claim: Claim, text: &str) -> bool {
        let Self { statement, .. } = self;
        // Outside of a transaction neither locks nor scans are seen, so nothing can be said against the linter.
        match claim {
            Claim::Nothing => true,
            _ if creates_table(text) => false,
            _ if statement.transaction.is_none() => true,
            Claim::Rewrite => !statement.rewrites.is_empty(),
            Claim::Scan => !statement.scans.is_empty() || !statement.rewrites.is_empty(),
            Claim::ExistingRelation => self.touches_existing(text),
        }
    }

    /// Whether the statement locks something that was there before, or names something that an earlier one has locked.
    fn touches_existing(&self, text: &str) -> bool {
        let is_strong = |mode: LockMode| mode >= LockMode::ShareUpdateExclusive;
        if self.statement.locks.iter().any(|lock| is_strong(lock.mode)) {
            return true;
        }
        let names: BTreeSet<String> = tokens(text).map(fold).collect();
        let held = self.held.iter().filter(|(_, mode)| is_strong(**mode));
        held.into_iter().any(|(relation, _)| {
            // The last token of a qualified name is the name itself.
            tokens(&relation.name).last().is_some_and(|name| names.contains(&fold(name)))
        })
    }

    /// What is wrong with it, the worst first.
    pub(super) fn verdicts(&self, text: &str) -> Vec<Verdict> {
        let rewritten = self.rewritten(text);
        let mut verdicts = Vec::new();
        verdicts.extend(Self::rewrites_table(&rewritten));
        verdicts.extend(self.scans_table(&rewritten));
        if verdicts.is_empty() {
            verdicts.extend(self.locks_table());
        }
        verdicts
    }

    fn rewrites_table(rewritten: &[&Relation]) -> Option<Verdict> {
        (!rewritten.is_empty()).then(|| Verdict {
            rule: REWRITES_TABLE,
            severity: Severity::Error,
            message: format!("writes {} anew, locked ACCESS EXCLUSIVE", names(rewritten)),
            why: "nobody can read or write it for as long as that takes, which grows with its size",
            help: "add a new column or table instead, fill it in small steps outside of the migration, and change over in a later one",
        })
    }

    fn scans_table(&self, rewritten: &[&Relation]) -> Option<Verdict> {
        let scans = self.statement.scans.iter();
        let scanned: Vec<&Relation> = scans.filter(|one| !rewritten.contains(one)).collect();
        // What nobody can write to while the transaction lasts.
        let stopped: Vec<(&Relation, LockMode)> = self
            .held
            .iter()
            .map(|(relation, mode)| (*relation, *mode))
            .filter(|(relation, mode)| relation.kind.holds_rows() && mode.blocks_writes())
            .collect();
        if scanned.is_empty() || stopped.is_empty() {
            return None;
        }
        let locked: Vec<String> = stopped
            .iter()
            .map(|(relation, mode)| format!("{} is locked {mode}", relation.name))
            .collect();
        let stops_reads = stopped.iter().any(|(_, mode)| mode.blocks_reads());
        Some(Verdict {
            rule: SCANS_TABLE,
            severity: Severity::Warning,
            message: format!(
                "reads {} from end to end while {}",
                names(&scanned),
                locked.join(" and ")
            ),
            why: if stops_reads {
                "nobody can read or write what is locked ACCESS EXCLUSIVE for as long as that takes, which grows with the table"
            } else {
                "nobody can write to what is locked for as long as that takes, which grows with the table"
            },
            help: "split the migration, so that what reads much holds no such lock: NOT VALID and later VALIDATE CONSTRAINT, CREATE INDEX CONCURRENTLY, changes of rows in a migration of their own",
        })
    }

    fn locks_table(&self) -> Option<Verdict> {
        let locks = self
            .statement
            .locks
            .iter()
            .filter(|lock| lock.relation.kind.holds_rows() && lock.mode >= LockMode::Exclusive);
        let locked: Vec<String> =
            locks.map(|lock| format!("{} on {}", lock.mode, lock.relation.name)).collect();
        (!locked.is_empty()).then(|| Verdict {
            rule: LOCKS_TABLE,
            severity: Severity::Note,
            message: format!("takes {} and holds it until the commit", locked.join(" and ")),
            why: "reads and writes wait meanwhile, and wait already while this waits for an older transaction",
            help: "keep the migration short; it waits for the table no longer than lock_timeout and is then tried again",
        })
    }

    /// The tables that it writes anew.
    fn rewritten(&self, text: &str) -> Vec<&Relation> {
        // A truncated table gets a new file too, an empty one.
        let truncates =
            tokens(text).next().is_some_and(|word| word.eq_ignore_ascii_case("truncate"));
        let rewrites = self.statement.rewrites.iter();
        rewrites.filter(|one| one.kind.holds_rows() && !truncates).collect()
    }

    /// Whether it writes a table anew that was there before.
    pub(super) fn rewrites_rows(&self) -> bool {
        self.statement.rewrites.iter().any(|one| one.kind.holds_rows())
    }

    /// Whether it was seen to neither write nor read any table from end to end.
    pub(super) fn is_brief(&self) -> bool {
        let Self { statement, .. } = self;
        statement.transaction.is_some()
            && statement.rewrites.is_empty()
            && statement.scans.is_empty()
    }

    /// What was seen, in words; `None` when that was nothing of note.
    pub(super) fn facts(&self) -> Option<String> {
        let Self { statement, .. } = self;
        let strong = statement
            .locks
            .iter()
            .filter(|lock| lock.mode.blocks_writes() && lock.relation.kind != RelationKind::Index);
        let locks: Vec<String> =
            strong.map(|lock| format!("{} on {}", lock.mode, lock.relation.name)).collect();
        let mut facts = Vec::new();
        if !locks.is_empty() {
            facts.push(format!("took {}", locks.join(" and ")));
        }
        // With a table go its indexes.
        let is_named = |one: &&Relation| one.kind.holds_rows() || !self.rewrites_rows();
        let rewrites: Vec<&Relation> = statement.rewrites.iter().filter(is_named).collect();
        if !rewrites.is_empty() {
            facts.push(format!("wrote {} anew", names(&rewrites)));
        }
        let scans: Vec<&Relation> =
            statement.scans.iter().filter(|one| !rewrites.contains(one)).collect();
        if !scans.is_empty() {
            facts.push(format!("read {} from end to end", names(&scans)));
        }
        (!facts.is_empty()).then(|| format!("on the scratch database it {}", facts.join(" and ")))
    }
}

/// Whether a statement makes a table: what it does to that is done to a new one.
pub(super) fn creates_table(text: &str) -> bool {
    // `CREATE UNLOGGED TABLE` and others have a word between.
    let mut words = tokens(text).take(4).map(str::to_ascii_lowercase);
    words.next().is_some_and(|first| first == "create") && words.any(|word| word == "table")
}

fn names(relations: &[&Relation]) -> String {
    let names: Vec<&str> = relations.iter().map(|relation| relation.name.as_str()).collect();
    names.join(" and ")
}
