//! A name that stays taken after its row was deleted.

use super::with_tables;
use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "soft-delete-blocks-reuse",
    family: Family::Schema,
    kind: Kind::Schema,
    priority: Priority::Medium,
    certainty: Certainty::Likely,
    effort: Effort::Small,
    title: "uniqueness that counts deleted rows",
    rationale: "\
Where rows are marked as deleted and stay, a unique index on a name, an address or a slug still counts them: who deletes their account \
can never come back with the same address, and a deleted team's name is gone for ever.

The key holds a text that people choose; tokens, digests and ids of other systems are never made again and pass. An index whose key or predicate \
has the mark passes too. If names are to stay taken, accept the finding with that reason.",
    sources: &[
        "https://www.postgresql.org/docs/current/indexes-partial.html",
    ],
    impact: "What was deleted can't be made again under its name",
    mitigation: "Make the index partial: WHERE the mark IS NULL",
    blocking: Blocking::No("those who never delete notice nothing"),
    needs: &[],
    look: Look::Sql(with_tables!("soft_delete_blocks_reuse.sql")),
    fixture: Fixture::Schema { fault: include_str!("soft_delete_blocks_reuse/fault.sql"), alike: include_str!("soft_delete_blocks_reuse/alike.sql") },
};
