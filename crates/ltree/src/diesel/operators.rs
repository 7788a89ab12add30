//! The operators as types of expressions. Not here: the methods that make them (`methods`).

use diesel::pg::Pg;
use diesel::sql_types::Nullable;

use crate::diesel::sql_types::Ltree;

diesel::infix_operator!(Contains, " @> ", backend: Pg);
diesel::infix_operator!(ContainedBy, " <@ ", backend: Pg);
diesel::infix_operator!(Matches, " ~ ", backend: Pg);
diesel::infix_operator!(MatchesAny, " ? ", backend: Pg);
diesel::infix_operator!(MatchesText, " @ ", backend: Pg);

diesel::infix_operator!(ContainsUnindexed, " ^@> ", backend: Pg);
diesel::infix_operator!(ContainedByUnindexed, " ^<@ ", backend: Pg);
diesel::infix_operator!(MatchesUnindexed, " ^~ ", backend: Pg);
diesel::infix_operator!(MatchesAnyUnindexed, " ^? ", backend: Pg);
diesel::infix_operator!(MatchesTextUnindexed, " ^@ ", backend: Pg);

diesel::infix_operator!(Concat, " || ", Ltree, backend: Pg);

diesel::infix_operator!(FirstContains, " ?@> ", Nullable<Ltree>, backend: Pg);
diesel::infix_operator!(FirstContainedBy, " ?<@ ", Nullable<Ltree>, backend: Pg);
diesel::infix_operator!(FirstMatches, " ?~ ", Nullable<Ltree>, backend: Pg);
diesel::infix_operator!(FirstMatchesText, " ?@ ", Nullable<Ltree>, backend: Pg);
