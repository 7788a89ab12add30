//! Times that depend on the reader.

use super::with_tables;
use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "timestamp-without-time-zone",
    family: Family::Schema,
    kind: Kind::Schema,
    priority: Priority::Low,
    certainty: Certainty::Likely,
    effort: Effort::Medium,
    title: "a time without a time zone",
    rationale: "\
`timestamp` is what a clock on the wall shows, of no place in particular. `now()` is put into it by the zone of the session, and comparing it with a `timestamptz` \
takes the zone of whoever compares. `timestamptz` is a moment, and takes as much space.

Where most of a schema is `timestamptz`, each that is not is told with a medium priority: it is a slip, and the two are compared. Where most are without, as \
Rails, Ecto and Prisma make them and keep them in UTC, it is a habit and one line.",
    sources: &[
        "https://wiki.postgresql.org/wiki/Don%27t_Do_This",
        "https://www.postgresql.org/docs/current/datatype-datetime.html",
    ],
    impact: "Times are off by hours for a session in another zone",
    mitigation: "Use timestamptz: ALTER … TYPE timestamptz USING column AT TIME ZONE 'UTC'",
    blocking: Blocking::No("times are right as long as all sessions have one zone"),
    needs: &[],
    look: Look::Sql(with_tables!("timestamp_without_time_zone.sql")),
    fixture: Fixture::Schema { fault: include_str!("timestamp_without_time_zone/fault.sql"), alike: include_str!("timestamp_without_time_zone/alike.sql") },
};
