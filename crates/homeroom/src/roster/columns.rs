//! The files of a package and their columns, as OneRoster 1.1 and 1.2 fix them (CSV Tables, sections 4.1 and following).

/// The version of the specification that a package follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    V1_1,
    V1_2,
}

impl Version {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::V1_1 => "1.1",
            Self::V1_2 => "1.2",
        }
    }
}

/// The files that have a place here, in the order in which they are read and their faults shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum File {
    Orgs,
    AcademicSessions,
    Courses,
    Classes,
    Users,
    Roles,
    Enrollments,
}

impl File {
    pub(super) const ALL: [Self; 7] = [
        Self::Orgs,
        Self::AcademicSessions,
        Self::Courses,
        Self::Classes,
        Self::Users,
        Self::Roles,
        Self::Enrollments,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Orgs => "orgs.csv",
            Self::AcademicSessions => "academicSessions.csv",
            Self::Courses => "courses.csv",
            Self::Classes => "classes.csv",
            Self::Users => "users.csv",
            Self::Roles => "roles.csv",
            Self::Enrollments => "enrollments.csv",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|file| file.name() == name)
    }

    /// The columns in the order of the specification.
    pub(super) const fn columns(self, version: Version) -> &'static [Column] {
        match (self, version) {
            (Self::Orgs, _) => ORGS,
            (Self::AcademicSessions, _) => ACADEMIC_SESSIONS,
            (Self::Courses, _) => COURSES,
            (Self::Classes, _) => CLASSES,
            (Self::Users, Version::V1_1) => USERS_1_1,
            (Self::Users, Version::V1_2) => USERS_1_2,
            (Self::Roles, _) => ROLES,
            (Self::Enrollments, _) => ENROLLMENTS,
        }
    }
}

/// A column of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    pub(super) name: &'static str,
    /// Whether the header must have it.
    pub(super) required: bool,
    /// Whether its values have a place here; what has none is counted.
    pub(super) kept: bool,
}

const fn required(name: &'static str) -> Column {
    Column { name, required: true, kept: true }
}

const fn optional(name: &'static str) -> Column {
    Column { name, required: false, kept: true }
}

const fn without_place(name: &'static str) -> Column {
    Column { name, required: false, kept: false }
}

const fn required_without_place(name: &'static str) -> Column {
    Column { name, required: true, kept: false }
}

const SOURCED_ID: Column = required("sourcedId");
const STATUS: Column = optional("status");
const DATE_LAST_MODIFIED: Column = without_place("dateLastModified");

const ORGS: &[Column] = &[
    SOURCED_ID,
    STATUS,
    DATE_LAST_MODIFIED,
    required("name"),
    required("type"),
    without_place("identifier"),
    optional("parentSourcedId"),
];

const ACADEMIC_SESSIONS: &[Column] = &[
    SOURCED_ID,
    STATUS,
    DATE_LAST_MODIFIED,
    required("title"),
    required("type"),
    required("startDate"),
    required("endDate"),
    without_place("parentSourcedId"),
    required("schoolYear"),
];

const COURSES: &[Column] = &[
    SOURCED_ID,
    STATUS,
    DATE_LAST_MODIFIED,
    optional("schoolYearSourcedId"),
    required("title"),
    optional("courseCode"),
    optional("grades"),
    required("orgSourcedId"),
    optional("subjects"),
    optional("subjectCodes"),
];

const CLASSES: &[Column] = &[
    SOURCED_ID,
    STATUS,
    DATE_LAST_MODIFIED,
    required("title"),
    optional("grades"),
    required("courseSourcedId"),
    optional("classCode"),
    required("classType"),
    optional("location"),
    required("schoolSourcedId"),
    required("termSourcedIds"),
    optional("subjects"),
    optional("subjectCodes"),
    optional("periods"),
];

const USERS_1_1: &[Column] = &[
    SOURCED_ID,
    STATUS,
    DATE_LAST_MODIFIED,
    required("enabledUser"),
    required("orgSourcedIds"),
    required("role"),
    required_without_place("username"),
    without_place("userIds"),
    required("givenName"),
    required("familyName"),
    without_place("middleName"),
    without_place("identifier"),
    optional("email"),
    without_place("sms"),
    without_place("phone"),
    without_place("agentSourcedIds"),
    without_place("grades"),
    without_place("password"),
];

const USERS_1_2: &[Column] = &[
    SOURCED_ID,
    STATUS,
    DATE_LAST_MODIFIED,
    required("enabledUser"),
    required_without_place("username"),
    without_place("userIds"),
    required("givenName"),
    required("familyName"),
    without_place("middleName"),
    without_place("identifier"),
    optional("email"),
    without_place("sms"),
    without_place("phone"),
    without_place("agentSourcedIds"),
    without_place("grades"),
    without_place("password"),
    without_place("userMasterIdentifier"),
    optional("preferredGivenName"),
    without_place("preferredMiddleName"),
    optional("preferredFamilyName"),
    without_place("primaryOrgSourcedId"),
    without_place("pronouns"),
];

const ROLES: &[Column] = &[
    SOURCED_ID,
    STATUS,
    DATE_LAST_MODIFIED,
    required("userSourcedId"),
    required_without_place("roleType"),
    required("role"),
    without_place("beginDate"),
    without_place("endDate"),
    required("orgSourcedId"),
    without_place("userProfileSourcedId"),
];

const ENROLLMENTS: &[Column] = &[
    SOURCED_ID,
    STATUS,
    DATE_LAST_MODIFIED,
    required("classSourcedId"),
    required("schoolSourcedId"),
    required("userSourcedId"),
    required("role"),
    without_place("primary"),
    without_place("beginDate"),
    without_place("endDate"),
];
