//! Extensions among the application's own objects.

use crate::rule::{Blocking, Certainty, Effort, Family, Fixture, Kind, Look, Priority, Rule};

pub(super) const RULE: Rule = Rule {
    id: "extension-in-public",
    family: Family::Security,
    kind: Kind::Security,
    priority: Priority::Low,
    certainty: Certainty::Certain,
    effort: Effort::Small,
    title: "extensions in the schema public",
    rationale: "\
The objects of an extension in `public` stand in the `search_path` of everybody, beside the application's own: names clash at an \
upgrade of either, dumps and diffs of the schema mix the two, and `public` can't be taken out of a path without losing the \
operators. A schema of their own, on the path of those who need it, keeps them apart.

It is a matter of order more than of danger, so it is told in one line for all extensions, with little weight. `plpgsql` is in \
`pg_catalog` and not counted.",
    sources: &["https://www.postgresql.org/docs/current/extend-extensions.html#EXTEND-EXTENSIONS-RELOCATION", "https://supabase.com/docs/guides/database/database-advisors?lint=0014_extension_in_public"],
    impact: "Names can clash, and the schema can't be cleared or taken out of a path",
    mitigation: "Make a schema for extensions, move them there, and put it into the search_path",
    blocking: Blocking::No("nothing is wrong today"),
    needs: &[],
    look: Look::Sql(include_str!("extension_in_public.sql")),
    fixture: Fixture::Schema {
        fault: include_str!("extension_in_public/fault.sql"),
        alike: include_str!("extension_in_public/alike.sql"),
    },
};
