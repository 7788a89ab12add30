//! A time of day with a zone.

use super::with_tables;
use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "time-with-time-zone",
    family: Family::Schema,
    kind: Kind::Schema,
    priority: Priority::Low,
    certainty: Certainty::Certain,
    effort: Effort::Small,
    title: "a column of the type time with time zone",
    rationale: "\
A time of day has no offset without a date, as the offset changes with summer time. The type is there because the standard asks for it.",
    sources: &[
        "https://wiki.postgresql.org/wiki/Don%27t_Do_This",
        "https://www.postgresql.org/docs/current/datatype-datetime.html",
    ],
    impact: "Times are off by an hour for half of the year",
    mitigation: "Use time, or timestamptz where a moment is meant",
    blocking: Blocking::No("times are right in one season"),
    needs: &[],
    look: Look::Sql(with_tables!("time_with_time_zone.sql")),
    fixture: Fixture::Schema {
        fault: include_str!("time_with_time_zone/fault.sql"),
        alike: include_str!("time_with_time_zone/alike.sql"),
    },
};
