//! An index that is mostly empty.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "bloated-index",
    family: Family::Index,
    kind: Kind::Performance,
    priority: Priority::Low,
    certainty: Certainty::Hint,
    effort: Effort::Small,
    title: "an index that seems to be mostly empty",
    rationale: "\
Pages of a B-tree are not given back when entries go; after mass deletes or long transactions it can be several times as large as it need \
be, and so is what has to be read and cached.

This is an estimate: the number of entries and the mean widths of the columns, from the statistics, against the size of the file. It is told \
when at least half of the index and 8 MiB are too much. Deduplication, which it does not know of, makes the truth worse rather than \
better. `pgstattuple` measures it exactly, and reads all of the index for that.",
    sources: &[
        "https://www.postgresql.org/docs/current/routine-reindex.html",
        "https://wiki.postgresql.org/wiki/Show_database_bloat",
        "https://www.postgresql.org/docs/current/pgstattuple.html",
    ],
    impact: "More pages are read and cached than need be",
    mitigation: "Rebuild it, in a quiet hour",
    blocking: Blocking::No("it is slower than it could be"),
    needs: &[],
    look: Look::Sql(include_str!("bloated_index.sql")),
    fixture: Fixture::Test("tests/it/statistics.rs"),
};
