//! The rules of the schema in an operator's words: what a refusal means, and the way out.

use anyhow::Result;
use homeroom::Error;

use crate::failure::Refusal;

/// An answer of the library that is told to an operator.
pub(crate) trait Explained<T> {
    /// Adds to an error what could not be done, such as `can't create Ada`.
    fn explained(self, failed: impl FnOnce() -> String) -> Result<T>;
}

impl<T> Explained<T> for homeroom::Result<T> {
    fn explained(self, failed: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|error| explain(error).context(failed()))
    }
}

fn explain(error: Error) -> anyhow::Error {
    let Some((words, help)) = error.rule().and_then(rule) else { return error.into() };
    let said = match &error {
        Error::Conflict { message, .. } | Error::ForbiddenState { message, .. } => message,
        Error::Invalid { reason, .. } => reason,
        _ => return error.into(),
    };
    Refusal::new(words.unwrap_or(said), help).into()
}

/// What a rule means, where the database itself does not say it in words, and the way out.
fn rule(rule: &str) -> Option<(Option<&'static str>, &'static str)> {
    let name = "a name has 1 to 100 characters, and one at least that is no space";
    Some(match rule {
        "users_email_key" => (
            Some("another person has this e-mail address"),
            "`homeroom user show ADDRESS` shows who; give another address, or change theirs",
        ),
        "users_email_check" => (
            Some("this is no e-mail address"),
            "an address is like name@school.example, without spaces, of at most 254 bytes",
        ),
        "users_name_check" | "groups_name_check" | "classes_name_check" => {
            (Some(name), "give another name")
        }
        "groups_path_key" => (
            Some("a group with this slug stands there already"),
            "give another --slug, or rename the one that is there: `homeroom group rename GROUP NAME --slug SLUG`",
        ),
        "groups_slug_check" => {
            (None, "give a slug like miller-junior-high with --slug, of at most 100 characters")
        }
        "groups_parent_type_check" => (
            None,
            "a district stands at the root or under a district, a school under a district, a department under a school or a department",
        ),
        "groups_cycle_check" => (None, "name a group that is not below it"),
        "groups_parent_deleted_check" => {
            (Some("the group above it is archived"), "restore the group above first")
        }
        "class_members_teacher_tree_check" => (
            Some("this person belongs to no group of the district, and so can't teach there"),
            "make them a teacher there first: `homeroom group add GROUP WHO teacher`",
        ),
        "group_members_last_admin_check" => (
            None,
            "make another active person its administrator first: `homeroom group add DISTRICT WHO group_admin`",
        ),
        _ => return None,
    })
}
