//! A cascade that forgets where something is stored.

use super::with_tables;
use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "cascade-orphans-blobs",
    family: Family::Schema,
    kind: Kind::Reliability,
    priority: Priority::Medium,
    certainty: Certainty::Likely,
    effort: Effort::Medium,
    title: "a cascade over rows that point to stored files",
    rationale: "\
A row with a storage key is the only thing that knows where a file lies. When it goes in a cascade no code of the application runs, and what it \
pointed to stays: paid for, and not erased when its owner asked for that.

It passes where a trigger on delete can note the key.",
    sources: &[
        "https://www.postgresql.org/docs/current/sql-createtrigger.html",
    ],
    impact: "Stored files stay for ever without an owner",
    mitigation: "Note the keys in a trigger after delete, and remove what they name later",
    blocking: Blocking::No("files are left over, and none is lost"),
    needs: &[],
    look: Look::Sql(with_tables!("cascade_orphans_blobs.sql")),
    fixture: Fixture::Schema { fault: include_str!("cascade_orphans_blobs/fault.sql"), alike: include_str!("cascade_orphans_blobs/alike.sql") },
};
