//! What each row of a file means, checked as far as the row alone tells, and packed into columns for the database.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::codes::GroupRole;
use crate::roster::columns::{File, Version};
use crate::roster::table::{Notes, Row};

/// Rows of a file on their way into its staging table: a vector a column.
pub(super) trait Batch: Default + Send + 'static {
    const FILE: File;
    fn push(&mut self, row: &Row<'_>, version: Version, notes: &mut Notes);
    fn len(&self) -> usize;
}

/// Words for organisations above a school, from the top; a smaller rank stands above a greater one.
const ABOVE_SCHOOL: [&str; 4] = ["national", "state", "local", "district"];

/// One organisation. There are few enough of them to be held together: a tree is checked as a whole.
#[derive(Debug)]
pub(super) struct Org {
    pub(super) line: u64,
    pub(super) external_id: String,
    pub(super) name: String,
    /// The specification's word; `None` when it is wrong, which is a fault already.
    pub(super) kind: Option<&'static str>,
    pub(super) parent: String,
    pub(super) gone: bool,
}

impl Org {
    /// How high an organisation of a district or above it stands.
    pub(super) fn rank_above_school(&self) -> Option<usize> {
        ABOVE_SCHOOL.iter().position(|word| Some(*word) == self.kind)
    }

    pub(super) fn read(row: &Row<'_>, notes: &mut Notes) -> Self {
        let gone = row.gone(notes);
        let name = row.get("name");
        if !gone {
            row.check_name("name", name, notes);
        }
        let mut faults_of_a_gone_row = Notes::default();
        let kind = row.word(
            "type",
            &["district", "school", "department", "local", "state", "national"],
            if gone { &mut faults_of_a_gone_row } else { notes },
        );
        if kind.is_none() && row.get("type").is_empty() && !gone {
            row.fault(notes, "type is empty");
        }
        Self {
            line: row.line,
            external_id: row.id(notes),
            name: name.to_owned(),
            kind,
            parent: row.get("parentSourcedId").to_owned(),
            gone,
        }
    }
}

/// `academicSessions.csv`.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    pub(super) lines: Vec<i32>,
    pub(super) external_ids: Vec<String>,
    pub(super) sessions: Vec<String>,
}

impl Batch for Sessions {
    const FILE: File = File::AcademicSessions;

    fn push(&mut self, row: &Row<'_>, _: Version, notes: &mut Notes) {
        let gone = row.gone(notes);
        let kind = row.word("type", &["gradingPeriod", "semester", "schoolYear", "term"], notes);
        let external_id = row.id(notes);
        if row.get("title").is_empty() && !gone {
            row.fault(notes, "title is empty");
        }
        let session = json!({
            "id": &external_id,
            "title": text(row, "title"),
            "type": kind,
            "begin": row.date("startDate", notes),
            "end": row.date("endDate", notes),
            "school_year": text(row, "schoolYear"),
        });
        self.lines.push(row.line());
        self.external_ids.push(external_id);
        self.sessions.push(session.to_string());
    }

    fn len(&self) -> usize {
        self.lines.len()
    }
}

/// `courses.csv`.
#[derive(Debug, Default)]
pub(super) struct Courses {
    pub(super) lines: Vec<i32>,
    pub(super) external_ids: Vec<String>,
    pub(super) school_years: Vec<String>,
    pub(super) courses: Vec<String>,
}

impl Batch for Courses {
    const FILE: File = File::Courses;

    fn push(&mut self, row: &Row<'_>, _: Version, notes: &mut Notes) {
        let gone = row.gone(notes);
        let external_id = row.id(notes);
        if row.get("title").is_empty() && !gone {
            row.fault(notes, "title is empty");
        }
        let mut course = Map::new();
        course.insert("id".to_owned(), json!(&external_id));
        insert_text(&mut course, "title", row, "title");
        insert_text(&mut course, "code", row, "courseCode");
        insert_text(&mut course, "org", row, "orgSourcedId");
        insert_list(&mut course, "grades", row, "grades");
        insert_list(&mut course, "subjects", row, "subjects");
        insert_list(&mut course, "subject_codes", row, "subjectCodes");
        self.lines.push(row.line());
        self.external_ids.push(external_id);
        self.school_years.push(row.get("schoolYearSourcedId").to_owned());
        self.courses.push(Value::Object(course).to_string());
    }

    fn len(&self) -> usize {
        self.lines.len()
    }
}

/// `classes.csv`.
#[derive(Debug, Default)]
pub(super) struct Classes {
    pub(super) lines: Vec<i32>,
    pub(super) external_ids: Vec<String>,
    pub(super) ids: Vec<Uuid>,
    pub(super) names: Vec<String>,
    pub(super) courses: Vec<String>,
    pub(super) schools: Vec<String>,
    pub(super) terms: Vec<String>,
    pub(super) details: Vec<String>,
    pub(super) gone: Vec<bool>,
}

impl Batch for Classes {
    const FILE: File = File::Classes;

    fn push(&mut self, row: &Row<'_>, _: Version, notes: &mut Notes) {
        let gone = row.gone(notes);
        let name = row.get("title");
        let school = row.get("schoolSourcedId");
        let kind = row.word("classType", &["homeroom", "scheduled"], notes);
        if !gone {
            row.check_name("title", name, notes);
            if school.is_empty() {
                row.fault(notes, "schoolSourcedId is empty");
            }
        }
        let mut details = Map::new();
        insert_text(&mut details, "code", row, "classCode");
        if let Some(kind) = kind {
            details.insert("type".to_owned(), json!(kind));
        }
        insert_text(&mut details, "location", row, "location");
        insert_list(&mut details, "grades", row, "grades");
        insert_list(&mut details, "subjects", row, "subjects");
        insert_list(&mut details, "subject_codes", row, "subjectCodes");
        insert_list(&mut details, "periods", row, "periods");
        self.lines.push(row.line());
        self.external_ids.push(row.id(notes));
        self.ids.push(Uuid::now_v7());
        self.names.push(name.to_owned());
        self.courses.push(row.get("courseSourcedId").to_owned());
        self.schools.push(school.to_owned());
        self.terms.push(json!(row.list("termSourcedIds")).to_string());
        self.details.push(Value::Object(details).to_string());
        self.gone.push(gone);
    }

    fn len(&self) -> usize {
        self.lines.len()
    }
}

/// `users.csv`; in version 1.1 it has the roles too.
#[derive(Debug, Default)]
pub(super) struct Users {
    pub(super) lines: Vec<i32>,
    pub(super) external_ids: Vec<String>,
    pub(super) ids: Vec<Uuid>,
    pub(super) names: Vec<String>,
    pub(super) emails: Vec<Option<String>>,
    pub(super) statuses: Vec<Option<&'static str>>,
    pub(super) gone: Vec<bool>,
    pub(super) roles: Roles,
}

impl Batch for Users {
    const FILE: File = File::Users;

    fn push(&mut self, row: &Row<'_>, version: Version, notes: &mut Notes) {
        let gone = row.gone(notes);
        let external_id = row.id(notes);
        let enabled = row.boolean("enabledUser", notes);
        let name = full_name(row, notes);
        let email = Some(row.get("email")).filter(|email| !email.is_empty());
        if !gone {
            row.check_name("the name (givenName and familyName)", &name, notes);
            if let Some(email) = email {
                check_email(row, email, notes);
            }
        }
        if version == Version::V1_1 {
            let word = role_word(row, USER_ROLES_1_1, notes);
            for org in row.list("orgSourcedIds") {
                self.roles.add(row, None, &external_id, org, &word, gone);
            }
        }
        self.lines.push(row.line());
        self.external_ids.push(external_id);
        self.ids.push(Uuid::now_v7());
        self.names.push(name);
        self.emails.push(email.map(str::to_owned));
        self.statuses.push(enabled.map(|enabled| if enabled { "active" } else { "suspended" }));
        self.gone.push(gone);
    }

    fn len(&self) -> usize {
        self.lines.len()
    }
}

/// `roles.csv`, or the roles of `users.csv`: one row a person and organisation.
#[derive(Debug, Default)]
pub(super) struct Roles {
    pub(super) lines: Vec<i32>,
    pub(super) external_ids: Vec<Option<String>>,
    pub(super) users: Vec<String>,
    pub(super) orgs: Vec<String>,
    pub(super) words: Vec<String>,
    pub(super) roles: Vec<Option<&'static str>>,
    pub(super) gone: Vec<bool>,
}

impl Roles {
    fn add(
        &mut self,
        row: &Row<'_>,
        id: Option<String>,
        user: &str,
        org: String,
        word: &str,
        gone: bool,
    ) {
        self.lines.push(row.line());
        self.external_ids.push(id);
        self.users.push(user.to_owned());
        self.orgs.push(org);
        self.words.push(word.to_owned());
        self.roles.push(group_role(word).map(GroupRole::as_str));
        self.gone.push(gone);
    }
}

impl Batch for Roles {
    const FILE: File = File::Roles;

    fn push(&mut self, row: &Row<'_>, _: Version, notes: &mut Notes) {
        let gone = row.gone(notes);
        row.word("roleType", &["primary", "secondary"], notes);
        row.date("beginDate", notes);
        row.date("endDate", notes);
        let word = role_word(row, USER_ROLES_1_2, notes);
        let id = Some(row.id(notes));
        let user = row.required("userSourcedId", notes);
        let org = row.required("orgSourcedId", notes);
        self.add(row, id, &user, org, &word, gone);
    }

    fn len(&self) -> usize {
        self.lines.len()
    }
}

/// `enrollments.csv`.
#[derive(Debug, Default)]
pub(super) struct Enrolments {
    pub(super) lines: Vec<i32>,
    pub(super) external_ids: Vec<String>,
    pub(super) classes: Vec<String>,
    pub(super) schools: Vec<String>,
    pub(super) users: Vec<String>,
    pub(super) words: Vec<String>,
    pub(super) roles: Vec<Option<&'static str>>,
    pub(super) gone: Vec<bool>,
}

impl Batch for Enrolments {
    const FILE: File = File::Enrollments;

    fn push(&mut self, row: &Row<'_>, _: Version, notes: &mut Notes) {
        let gone = row.gone(notes);
        row.boolean("primary", notes);
        row.date("beginDate", notes);
        row.date("endDate", notes);
        let word = role_word(row, CLASS_ROLES, notes);
        self.lines.push(row.line());
        self.external_ids.push(row.id(notes));
        self.classes.push(row.required("classSourcedId", notes));
        self.schools.push(row.get("schoolSourcedId").to_owned());
        self.users.push(row.required("userSourcedId", notes));
        self.roles.push(match word.as_str() {
            "teacher" => Some("teacher"),
            "student" => Some("student"),
            _ => None,
        });
        self.words.push(word);
        self.gone.push(gone);
    }

    fn len(&self) -> usize {
        self.lines.len()
    }
}

const USER_ROLES_1_1: &[&str] =
    &["administrator", "aide", "guardian", "parent", "proctor", "relative", "student", "teacher"];
const USER_ROLES_1_2: &[&str] = &[
    "aide",
    "counselor",
    "districtAdministrator",
    "guardian",
    "parent",
    "principal",
    "proctor",
    "relative",
    "siteAdministrator",
    "student",
    "systemAdministrator",
    "teacher",
];
const CLASS_ROLES: &[&str] = &["administrator", "aide", "proctor", "student", "teacher"];

/// What a person of a role becomes in a group. A roster makes nobody `system_admin`: that reaches beyond its district.
fn group_role(word: &str) -> Option<GroupRole> {
    match word {
        "student" => Some(GroupRole::Student),
        "teacher" => Some(GroupRole::Teacher),
        "administrator"
        | "principal"
        | "districtAdministrator"
        | "siteAdministrator"
        | "systemAdministrator" => Some(GroupRole::GroupAdmin),
        _ => None,
    }
}

/// The word of a role, in the specification's letter case. Words that begin with `ext:` are extensions of 1.2.
fn role_word(row: &Row<'_>, allowed: &[&'static str], notes: &mut Notes) -> String {
    let word = row.get("role");
    if word.starts_with("ext:") {
        return word.to_owned();
    }
    if word.is_empty() {
        row.fault(notes, "role is empty");
    }
    row.word("role", allowed, notes).unwrap_or_default().to_owned()
}

/// Given name and family name as the person prefers them (1.2), else as they are; one is enough.
fn full_name(row: &Row<'_>, notes: &mut Notes) -> String {
    let mut part = |column: &str, preferred: &str| {
        let (plain, preferred) = (row.get(column), row.get(preferred));
        if preferred.is_empty() || preferred == plain {
            return plain;
        }
        if !plain.is_empty() {
            notes.count_without_place(column);
        }
        preferred
    };
    let given = part("givenName", "preferredGivenName");
    let family = part("familyName", "preferredFamilyName");
    format!("{given} {family}").trim().to_owned()
}

/// As the database checks it: at most 254 bytes, one `@` with something on both sides, no blanks.
fn check_email(row: &Row<'_>, email: &str, notes: &mut Notes) {
    let fits = email.len() <= 254
        && !email.contains(char::is_whitespace)
        && email.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && !domain.is_empty() && !domain.contains('@')
        });
    if !fits {
        row.fault(
            notes,
            format!("email is {email:?}, expected an address such as ana@example.org"),
        );
    }
}

fn text(row: &Row<'_>, column: &str) -> Option<String> {
    Some(row.get(column)).filter(|value| !value.is_empty()).map(str::to_owned)
}

fn insert_text(object: &mut Map<String, Value>, key: &str, row: &Row<'_>, column: &str) {
    if let Some(value) = text(row, column) {
        object.insert(key.to_owned(), Value::String(value));
    }
}

fn insert_list(object: &mut Map<String, Value>, key: &str, row: &Row<'_>, column: &str) {
    let values = row.list(column);
    if !values.is_empty() {
        object.insert(key.to_owned(), json!(values));
    }
}
