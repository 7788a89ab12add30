//! Networks that see everything.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "connections-in-clear",
    family: Family::Configuration,
    kind: Kind::Security,
    priority: Priority::Medium,
    certainty: Certainty::Certain,
    effort: Effort::Small,
    title: "a server that listens on a network without TLS",
    rationale: "\
With `ssl` off nobody can connect to the server otherwise than in clear: whoever sees the network reads the rows and can take over \
sessions. A server that listens on the loopback addresses or on sockets alone passes.",
    sources: &["https://www.postgresql.org/docs/current/ssl-tcp.html"],
    impact: "Whoever sees the network sees the data",
    mitigation: "Give the server a certificate, turn ssl on, and ask for it with hostssl in pg_hba.conf",
    blocking: Blocking::No("it is an exposure and stops no work"),
    needs: &[],
    look: Look::Sql(include_str!("connections_in_clear.sql")),
    fixture: Fixture::Test("tests/it/configuration.rs"),
};
