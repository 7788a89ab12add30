//! Money that depends on a setting.

use super::with_tables;
use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "money-column",
    family: Family::Schema,
    kind: Kind::Schema,
    priority: Priority::Medium,
    certainty: Certainty::Certain,
    effort: Effort::Small,
    title: "a column of the type money",
    rationale: "\
What a `money` value means depends on `lc_monetary` of the session: the currency, the number of digits, how it is read. A dump that is restored \
under another setting has other amounts. It knows no currency and no fractions of a cent.",
    sources: &[
        "https://wiki.postgresql.org/wiki/Don%27t_Do_This",
        "https://www.postgresql.org/docs/current/datatype-money.html",
    ],
    impact: "Amounts change with the setting of a session",
    mitigation: "Use numeric, or an integer of the smallest unit, beside a currency",
    blocking: Blocking::No("amounts are right as long as the setting stays"),
    needs: &[],
    look: Look::Sql(with_tables!("money_column.sql")),
    fixture: Fixture::Schema {
        fault: include_str!("money_column/fault.sql"),
        alike: include_str!("money_column/alike.sql"),
    },
};
