//! A place in a tree that need not exist.

use super::with_tables;
use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "path-may-be-orphaned",
    family: Family::Schema,
    kind: Kind::Schema,
    priority: Priority::Medium,
    certainty: Certainty::Likely,
    effort: Effort::Large,
    title: "an ltree path that nothing keeps in step with its parent",
    rationale: "\
A path repeats what the parents say. Written by hand it can be empty, skip a level that does not exist, and stay behind when a parent is renamed or moved: \
the subtree is then found under the old name only.

It passes where the column is generated or a trigger of the table computes it.",
    sources: &[
        "https://www.postgresql.org/docs/current/ltree.html",
    ],
    impact: "Rows are lost from the tree, or found in the wrong one",
    mitigation: "Compute the path in a trigger from the parent and the own label, and carry it to the descendants",
    blocking: Blocking::No("it takes a wrong write"),
    needs: &[],
    look: Look::Sql(with_tables!("path_may_be_orphaned.sql")),
    fixture: Fixture::Schema { fault: include_str!("path_may_be_orphaned/fault.sql"), alike: include_str!("path_may_be_orphaned/alike.sql") },
};
