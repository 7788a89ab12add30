//! An address that is unique only letter by letter.

use super::with_tables;
use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "case-variant-email",
    family: Family::Schema,
    kind: Kind::Schema,
    priority: Priority::Medium,
    certainty: Certainty::Likely,
    effort: Effort::Medium,
    title: "e-mail addresses that are unique only letter by letter",
    rationale: "\
`Ada@example.org` and `ada@example.org` are one mailbox everywhere that counts. With a plain unique index on text both register, sign-in \
depends on how the address is typed, and a second account can be made for somebody else's address.

It passes where an index on `lower(email)`, the type citext, a collation without case, a check, a trigger or a generated column makes them one.",
    sources: &[
        "https://www.postgresql.org/docs/current/citext.html",
        "https://www.postgresql.org/docs/current/collation.html#COLLATION-NONDETERMINISTIC",
    ],
    impact: "One person has two accounts, or can't sign in",
    mitigation: "Merge what is double, then make lower() of it unique",
    blocking: Blocking::No("existing accounts work on"),
    needs: &[],
    look: Look::Sql(with_tables!("case_variant_email.sql")),
    fixture: Fixture::Schema { fault: include_str!("case_variant_email/fault.sql"), alike: include_str!("case_variant_email/alike.sql") },
};
