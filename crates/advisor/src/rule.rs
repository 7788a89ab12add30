//! What a rule is. The rules themselves are in [`crate::rules`].

use std::fmt;
use std::pin::Pin;

use serde::Serialize;

use crate::context::Context;
use crate::error::RuleError;
use crate::found::Found;

/// Something that a database should not have, and how it is found.
///
/// A rule is a constant in a file of its own, `src/rules/<family>/<id with _>.rs`, with its SQL beside it and its fixtures in a folder
/// of the same name:
///
/// ```text
/// src/rules/index.rs                             the list of the family
/// src/rules/index/duplicate_index.rs             the rule
/// src/rules/index/duplicate_index.sql            what finds it
/// src/rules/index/duplicate_index/fault.sql      a schema that has the fault
/// src/rules/index/duplicate_index/alike.sql      one that looks alike and has not
/// ```
#[derive(Debug)]
pub struct Rule {
    /// A stable name in kebab-case: it is part of every fingerprint and never changes.
    pub id: &'static str,
    /// The family whose list it is in.
    pub family: Family,
    /// What an improvement of this kind is about, as a register says it.
    pub kind: Kind,
    /// How much it matters, unless a finding says otherwise.
    pub priority: Priority,
    /// How sure a finding is.
    pub certainty: Certainty,
    /// What mending one finding takes.
    pub effort: Effort,
    /// The fault, in one line without a full stop: `an index that another one makes superfluous`.
    pub title: &'static str,
    /// Why that is a fault, what the rule looks at and what it lets pass on purpose, in Markdown.
    pub rationale: &'static str,
    /// Where one can read more: addresses of the manual, of papers.
    pub sources: &'static [&'static str],
    /// What the fault does to those who run the database, unless a finding says it more exactly.
    pub impact: &'static str,
    /// What to do about it, unless a finding says it more exactly.
    pub mitigation: &'static str,
    /// Whether work has to stop until it is mended, unless a finding says otherwise.
    pub blocking: Blocking,
    /// What has to be there for the rule to run. Where it isn't, the report lists the rule as skipped, with the reason.
    pub needs: &'static [Need],
    /// How it is found.
    pub look: Look,
    /// What shows that it finds the fault, and only that.
    pub fixture: Fixture,
}

/// How a rule finds its faults.
pub enum Look {
    /// A query that returns a row for each fault, with the columns that [`Found`] describes. It may have one parameter, `$1 text[]`:
    /// the schemas to look at, never those of the system. It is run in a read-only transaction with `search_path = pg_catalog`, so
    /// that names come out qualified, with their quotes where they need them.
    Sql(&'static str),
    /// Several statements, files, or what SQL can't say. See [`Context::query`].
    Code {
        /// The function.
        run: RunRule,
        /// The SQL that it runs, for `explain`; empty when there is none.
        sql: &'static str,
    },
}

/// The function of a rule that needs code: `|context| Box::pin(run(context))`.
pub type RunRule =
    for<'a> fn(
        &'a Context<'a>,
    ) -> Pin<Box<dyn Future<Output = Result<Vec<Found>, RuleError>> + Send + 'a>>;

impl Look {
    /// The SQL, as far as there is some.
    #[must_use]
    pub const fn sql(&self) -> &'static str {
        match self {
            Self::Sql(sql) | Self::Code { sql, .. } => sql,
        }
    }
}

impl fmt::Debug for Look {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Sql(_) => "Sql",
            Self::Code { .. } => "Code",
        })
    }
}

/// What a rule needs to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// A server of at least this `server_version_num`, such as `150000`.
    Version(i32),
    /// An extension in the database.
    Extension(&'static str),
    /// A folder of migrations, [`Options::migrations`](crate::Options::migrations).
    Migrations,
    /// A scratch database, [`Options::scratch`](crate::Options::scratch).
    Scratch,
    /// The consent to read rows, [`Options::sample_values`](crate::Options::sample_values).
    SampleValues,
}

/// Scripts that show that a rule finds its fault and lets pass what looks like it. `explain` prints them, a test runs them.
#[derive(Debug, Clone, Copy)]
pub enum Fixture {
    /// Two scripts for an empty database. In the one with the fault each object to be found has a line
    /// `-- expect: KIND IDENTITY`, such as `-- expect: index public.users_email_idx2`; it must hold all that the rule finds there.
    Schema {
        /// Has the fault.
        fault: &'static str,
        /// Looks alike and has it not.
        alike: &'static str,
    },
    /// Two folders of migrations, each a list of file names and texts. The first file of `fault` holds the `-- expect:` lines.
    Migrations {
        /// Has the fault.
        fault: &'static [(&'static str, &'static str)],
        /// Looks alike and has it not.
        alike: &'static [(&'static str, &'static str)],
    },
    /// No script can bring it about: the test that does, as `tests/it/statistics.rs`.
    Test(&'static str),
}

macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name {
            $($(#[$of])* $variant,)+
        }

        impl $name {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word that a register uses.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// The one with this word, in whatever case.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.word().eq_ignore_ascii_case(word))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(self.word())
            }
        }
    };
}
pub(crate) use words;

words! {
    /// Where the file of a rule is.
    Family {
        /// Indexes.
        Index = "Index",
        /// Tables, columns, constraints, triggers.
        Schema = "Schema",
        /// A folder of migrations.
        Migrations = "Migrations",
        /// Statements that were run.
        Queries = "Queries",
        /// The server and its settings.
        Configuration = "Configuration",
        /// Who may do and see what.
        Security = "Security",
    }
}

words! {
    /// What an improvement is about.
    Kind {
        /// Who may do and see what.
        Security = "Security",
        /// Time and space.
        Performance = "Performance",
        /// What can go wrong.
        Reliability = "Reliability",
        /// Settings.
        Configuration = "Configuration",
        /// The shape of the data.
        Schema = "Schema",
        /// How the shape is changed.
        Migrations = "Migrations",
        /// Statements.
        Query = "Query",
        /// The life of those who write the programs.
        Dx = "DX",
    }
}

words! {
    /// How much an improvement matters; the most important one is the least.
    Priority {
        /// Work stops until it is mended.
        Critical = "Critical",
        /// Mend it next.
        High = "High",
        /// Mend it when the place is worked on.
        Medium = "Medium",
        /// Good to know.
        Low = "Low",
    }
}

impl Priority {
    /// The impact that a register gives for it.
    pub(crate) const fn impact(self) -> &'static str {
        match self {
            Self::Critical | Self::High => "High",
            Self::Medium => "Medium",
            Self::Low => "Low",
        }
    }
}

words! {
    /// How sure a finding is.
    Certainty {
        /// It follows from the catalog, with no guess in it.
        Certain = "Certain",
        /// True but for odd cases.
        Likely = "Likely",
        /// Worth a look: names or statistics hint at it.
        Hint = "Hint",
    }
}

impl Certainty {
    /// The word of code hosts for it.
    pub(crate) const fn precision(self) -> &'static str {
        match self {
            Self::Certain => "very-high",
            Self::Likely => "high",
            Self::Hint => "medium",
        }
    }
}

words! {
    /// What mending takes.
    Effort {
        /// Minutes.
        Trivial = "Trivial",
        /// Less than 4 hours.
        Small = "Small",
        /// 4 to 16 hours.
        Medium = "Medium",
        /// More than 16 hours.
        Large = "Large",
    }
}

/// Whether work has to stop until a finding is mended, and why or why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blocking {
    /// It has to, because …
    Yes(&'static str),
    /// It need not, because …
    No(&'static str),
}

impl Blocking {
    /// Whether it has to.
    #[must_use]
    pub const fn is_blocking(self) -> bool {
        matches!(self, Self::Yes(_))
    }

    /// Why or why not.
    #[must_use]
    pub const fn why(self) -> &'static str {
        match self {
            Self::Yes(why) | Self::No(why) => why,
        }
    }
}
