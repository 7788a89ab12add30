DROP TABLE roster_known, roster_orgs, roster_sessions, roster_courses, roster_classes, roster_users, roster_roles, roster_enrolments,
    roster_memberships, roster_class_members;
