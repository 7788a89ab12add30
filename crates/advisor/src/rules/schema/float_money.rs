//! Money that is nearly right.

use super::with_tables;
use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "float-money",
    family: Family::Schema,
    kind: Kind::Schema,
    priority: Priority::Medium,
    certainty: Certainty::Likely,
    effort: Effort::Small,
    title: "an amount of money in floating point",
    rationale: "\
A cent has no exact value in binary floating point: sums drift, and what should be equal is not. `numeric` is exact, an integer of the smallest unit too.

Columns of real or double precision are named by their names: price, amount, cost, fee, balance and the like.",
    sources: &[
        "https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-FLOAT",
    ],
    impact: "Sums are off by cents",
    mitigation: "Use numeric, or an integer of the smallest unit",
    blocking: Blocking::No("amounts are nearly right"),
    needs: &[],
    look: Look::Sql(with_tables!("float_money.sql")),
    fixture: Fixture::Schema { fault: include_str!("float_money/fault.sql"), alike: include_str!("float_money/alike.sql") },
};
