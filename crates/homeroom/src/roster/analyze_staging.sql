ANALYZE roster_sessions, roster_courses, roster_classes, roster_users, roster_orgs, roster_roles, roster_enrolments;
