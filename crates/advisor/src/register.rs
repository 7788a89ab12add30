//! The register of improvements: `improvements.toml`, and what is done to it.
//!
//! A file of dotted keys, an entry a block, whose first part is the fingerprint of a finding or made of the title of a hand-written
//! entry:
//!
//! ```toml
//! 8a3ff0c1d2b4e596.id = "DB-003"
//! 8a3ff0c1d2b4e596.title = "public.users_email_idx does nothing that public.users_email_key does not do"
//! ```
//!
//! So each line says what it belongs to, and no two entries have a line in common: git's own `union` driver merges the changes of two
//! people, who may both have given the next id away. What it can't decide is told apart when the file is read ([`Register::parse`]).
//!
//! The file is changed in place: comments, unknown keys and the order of lines stay.

mod document;
mod entry;
mod ids;
mod page;
mod standard;
mod union;
mod update;

use chrono::NaiveDate;
use toml_edit::DocumentMut;

use crate::advise::Check;

pub use self::entry::{Acceptance, Entry, State};
pub use self::page::{ImportError, Imported};
pub use self::update::{Change, UpdateError};

/// What stands at the top of a new file.
const HEADER: &str = "\
# The register of improvements of this database, kept by `homeroom advise register`.
# IMPROVEMENTS.md is written from it. Change here what you like: nothing that you write is reworded, and keys that the
# program doesn't know are kept.
";

/// What both files say to git, so that the changes of two people are merged without a conflict.
pub const GIT_ATTRIBUTES: &str = "improvements.toml merge=union\nIMPROVEMENTS.md merge=union\n";

/// The table of what is said of the register itself.
const OWN: &str = "register";

/// Why a register can't be read or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegisterError {
    /// A merge was left unfinished.
    #[error(
        "line {line} is a conflict marker of git: keep the lines of both sides (`git checkout --merge` brings the conflict back), and declare `improvements.toml merge=union` in .gitattributes"
    )]
    Conflict {
        /// The line, from 1.
        line: usize,
    },

    /// A key that stands twice, as after a merge of two changes of the same line.
    #[error("{key} stands twice, in lines {first} and {second}: keep one of them")]
    Twice {
        /// The key.
        key: String,
        /// Its first line, from 1.
        first: usize,
        /// Its second line.
        second: usize,
    },

    /// It isn't TOML.
    #[error("it is not valid TOML: {0}")]
    Toml(String),

    /// An entry that lacks something or has a value of a wrong type.
    #[error("the entry {entry} cannot be read: {why}")]
    Entry {
        /// Its id, or its key where it has none.
        entry: String,
        /// Why.
        why: String,
    },

    /// An id that no entry has.
    #[error("there is no entry {id} in the register")]
    Unknown {
        /// The id that was asked for.
        id: String,
    },

    /// An id that an entry has already.
    #[error("{id} stands in the register already")]
    Taken {
        /// The id.
        id: String,
    },

    /// An entry that can't be changed so.
    #[error("{id} is completed: it is reopened when its finding returns")]
    Completed {
        /// Its id.
        id: String,
    },
}

/// What a person enters by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// What it is about, such as [`Kind::word`](crate::Kind::word).
    pub issue: String,
    /// A word of [`Priority`](crate::Priority).
    pub priority: String,
    /// In one line.
    pub title: String,
    /// High, Medium or Low.
    pub impact: String,
    /// What it takes.
    pub effort: String,
    /// Where it is worked on.
    pub tracking: Option<String>,
    /// Who or what found it.
    pub source: Option<String>,
    /// What is so.
    pub description: Option<String>,
    /// What that does.
    pub effect: Option<String>,
    /// What to do about it.
    pub mitigation: Option<String>,
    /// Yes or no, and why.
    pub blocking: Option<String>,
    /// A query that returns rows for as long as it is so.
    pub check: Option<String>,
}

/// A register of improvements.
#[derive(Debug, Clone)]
pub struct Register {
    document: DocumentMut,
    entries: Vec<Entry>,
    notes: Vec<String>,
}

impl Default for Register {
    fn default() -> Self {
        let mut document = DocumentMut::new();
        document.set_trailing(HEADER);
        Self { document, entries: Vec::new(), notes: Vec::new() }
    }
}

impl Register {
    /// Reads the text of an `improvements.toml`.
    ///
    /// What a merge by git's `union` driver may have left is put right and told in [`Register::notes`]: an id that two people have
    /// given away at once stays with the entry that was added first, and the other one gets the next free id; of two dates at which
    /// the same finding was entered the earlier one stays. An entry without an id gets one.
    ///
    /// # Errors
    /// [`RegisterError::Conflict`], [`RegisterError::Twice`], [`RegisterError::Toml`] and [`RegisterError::Entry`].
    pub fn parse(text: &str) -> Result<Self, RegisterError> {
        let (document, mut notes) = union::read(text)?;
        let mut entries = Vec::new();
        for (key, item) in document.iter() {
            if key == OWN {
                continue;
            }
            // What is no entry is somebody's own.
            if let Some(table) = item.as_table_like()
                && ["id", "title", "rule"].iter().any(|field| table.contains_key(field))
            {
                entries.push(Entry::read(key, table)?);
            }
        }
        let mut register = Self { document, entries, notes: Vec::new() };
        notes.extend(register.number_anew());
        register.notes = notes;
        Ok(register)
    }

    /// The text for `improvements.toml`.
    #[must_use]
    pub fn to_toml(&self) -> String {
        self.document.to_string()
    }

    /// The text for `IMPROVEMENTS.md`: counts, what is active by priority, what is accepted, what is completed, with all details.
    #[must_use]
    pub fn to_markdown(&self, today: NaiveDate) -> String {
        standard::page(self, today)
    }

    /// What was put right when it was read, for people.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// All entries, in the order of the file.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry with this id, which may be written as `12`, `DB-12`, `db-012`.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`].
    pub fn get(&self, id: &str) -> Result<&Entry, RegisterError> {
        let mut entries = self.entries.iter();
        let found = entries.find(|entry| ids::is_same(&entry.id, id));
        found.ok_or_else(|| RegisterError::Unknown { id: id.to_owned() })
    }

    /// The date of the last update.
    #[must_use]
    pub fn updated(&self) -> Option<String> {
        document::text(self.document.get(OWN)?.get("updated")?)
    }

    /// The queries of entries that persons wrote, for [`Options::checks`](crate::Options::checks).
    #[must_use]
    pub fn checks(&self) -> Vec<Check> {
        let checks = self
            .entries
            .iter()
            .filter_map(|entry| Some(Check { id: entry.id.clone(), sql: entry.check.clone()? }));
        checks.collect()
    }

    /// Enters what a person has found, and returns its id.
    pub fn add(&mut self, new: NewEntry, today: NaiveDate) -> String {
        let mut key = entry::key_of_title(&new.title, today);
        while self.document.contains_key(&key) {
            key = entry::key_of_title(&key, today);
        }
        let id = self.next_id();
        self.insert(Entry {
            id: id.clone(),
            issue: new.issue,
            priority: new.priority,
            title: new.title,
            impact: new.impact,
            effort: new.effort,
            tracking: new.tracking,
            added: today.to_string(),
            source: new.source,
            description: new.description,
            effect: new.effect,
            mitigation: new.mitigation,
            blocking: new.blocking,
            check: new.check,
            ..Entry::empty(&key)
        });
        id
    }

    /// Accepts an entry as it is, for a reason and until a day, after which it counts again.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`] and [`RegisterError::Completed`].
    pub fn accept(
        &mut self,
        id: &str,
        reason: &str,
        until: NaiveDate,
    ) -> Result<&Entry, RegisterError> {
        let entry = self.get(id)?;
        if entry.is_completed() {
            return Err(RegisterError::Completed { id: entry.id.clone() });
        }
        let accepted = Acceptance { reason: reason.to_owned(), until: until.to_string() };
        self.change(id, |entry| entry.accepted = Some(accepted))
    }

    /// Takes an acceptance back.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`].
    pub fn refuse(&mut self, id: &str) -> Result<&Entry, RegisterError> {
        self.change(id, |entry| entry.accepted = None)
    }

    /// Completes an entry by hand, with what proves it.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`] and [`RegisterError::Completed`].
    pub fn complete(
        &mut self,
        id: &str,
        proof: &str,
        today: NaiveDate,
    ) -> Result<&Entry, RegisterError> {
        let entry = self.get(id)?;
        if entry.is_completed() {
            return Err(RegisterError::Completed { id: entry.id.clone() });
        }
        self.change(id, |entry| entry.complete(proof.to_owned(), None, today))
    }

    /// Says where an entry is worked on.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`].
    pub fn track(&mut self, id: &str, tracking: &str) -> Result<&Entry, RegisterError> {
        self.change(id, |entry| entry.tracking = Some(tracking.to_owned()))
    }

    /// Gives an entry another priority, which no update changes any more.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`].
    pub fn prioritize(
        &mut self,
        id: &str,
        priority: crate::Priority,
    ) -> Result<&Entry, RegisterError> {
        self.change(id, |entry| priority.word().clone_into(&mut entry.priority))
    }

    /// Takes over a hand-kept page: every table row with an id becomes an entry, with the details below, to the letter. The page
    /// itself is kept too, so that [`Register::to_page`] can write it back.
    ///
    /// # Errors
    /// [`ImportError`]. Nothing is taken over then.
    pub fn import(&mut self, page: &str, today: NaiveDate) -> Result<Imported, ImportError> {
        page::import(self, page, today)
    }

    /// The register in the layout of the page that was imported, to the byte where nothing has changed since; `None`: none was.
    #[must_use]
    pub fn to_page(&self) -> Option<String> {
        let page = document::text(self.document.get(OWN)?.get("page")?)?;
        Some(page::export(self, &page))
    }

    /// Changes an entry, and in the file only the lines that are others now.
    fn change(
        &mut self,
        id: &str,
        change: impl FnOnce(&mut Entry),
    ) -> Result<&Entry, RegisterError> {
        let mut entries = self.entries.iter_mut();
        let entry = entries
            .find(|entry| ids::is_same(&entry.id, id))
            .ok_or_else(|| RegisterError::Unknown { id: id.to_owned() })?;
        let before = entry.clone();
        change(entry);
        document::write(&mut self.document, &before, entry);
        Ok(entry)
    }

    fn insert(&mut self, entry: Entry) {
        document::insert(&mut self.document, &entry);
        self.entries.push(entry);
    }
}
