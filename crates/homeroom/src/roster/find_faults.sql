-- What no row tells alone: ids and e-mails that are given twice, references into nowhere.
WITH ids AS (
    SELECT 'orgs.csv' AS file, line, external_id FROM roster_orgs
    UNION ALL SELECT 'academicSessions.csv', line, external_id FROM roster_sessions
    UNION ALL SELECT 'courses.csv', line, external_id FROM roster_courses
    UNION ALL SELECT 'classes.csv', line, external_id FROM roster_classes
    UNION ALL SELECT 'users.csv', line, external_id FROM roster_users
    UNION ALL SELECT 'roles.csv', line, external_id FROM roster_roles
    UNION ALL SELECT 'enrollments.csv', line, external_id FROM roster_enrolments
), repeated_ids AS (
    SELECT file, external_id, min(line) AS first_line
    FROM ids WHERE external_id <> ''
    GROUP BY file, external_id HAVING count(*) > 1
), emails AS (
    SELECT line, user_id, email, lower(email) AS address FROM roster_users WHERE email IS NOT NULL AND NOT gone
), repeated_emails AS (
    SELECT address, min(line) AS first_line FROM emails GROUP BY address HAVING count(*) > 1
), faults AS (
    SELECT file, line, format('sourcedId "%s" is on line %s already', external_id, first_line) AS what
    FROM ids JOIN repeated_ids USING (file, external_id)
    WHERE line > first_line

    UNION ALL
    SELECT 'courses.csv', line, format('schoolYearSourcedId "%s" is not in academicSessions.csv', school_year)
    FROM roster_courses
    WHERE school_year IS NOT NULL
        AND NOT EXISTS (SELECT FROM roster_sessions WHERE external_id = roster_courses.school_year)

    UNION ALL
    SELECT 'classes.csv', line, format('courseSourcedId "%s" is not in courses.csv', course)
    FROM roster_classes
    WHERE course IS NOT NULL AND NOT gone
        AND NOT EXISTS (SELECT FROM roster_courses WHERE external_id = roster_classes.course)
    UNION ALL
    SELECT 'classes.csv', class.line,
        format('schoolSourcedId "%s" is %s', school,
            CASE WHEN org.external_id IS NULL THEN 'not in orgs.csv' ELSE 'to be deleted by orgs.csv:' || org.line END)
    FROM roster_classes class LEFT JOIN roster_orgs org ON org.external_id = class.school
    WHERE class.school <> '' AND NOT class.gone AND (org.external_id IS NULL OR org.gone)
    UNION ALL
    SELECT 'classes.csv', line, format('termSourcedIds: "%s" is not in academicSessions.csv', term)
    FROM roster_classes CROSS JOIN jsonb_array_elements_text(terms) AS term
    WHERE NOT gone AND NOT EXISTS (SELECT FROM roster_sessions WHERE external_id = term)

    UNION ALL
    SELECT 'users.csv', line, format('email "%s" is that of line %s too', email, first_line)
    FROM emails JOIN repeated_emails USING (address)
    WHERE line > first_line
    UNION ALL
    SELECT 'users.csv', emails.line, format('email "%s" belongs to a person who is not of this package', emails.email)
    FROM emails JOIN users ON lower(users.email) = emails.address AND users.deleted_at IS NULL
    WHERE NOT EXISTS (SELECT FROM roster_users WHERE roster_users.user_id = users.id)

    UNION ALL
    SELECT $1, line, format('userSourcedId "%s" is not in users.csv', user_external_id)
    FROM roster_roles role
    WHERE user_external_id <> '' AND NOT gone
        AND NOT EXISTS (SELECT FROM roster_users WHERE external_id = role.user_external_id)
    UNION ALL
    SELECT $2, line, format('%s "%s" is not in orgs.csv', $3, org)
    FROM roster_roles role
    WHERE org <> '' AND NOT gone
        AND NOT EXISTS (SELECT FROM roster_orgs WHERE external_id = role.org)

    UNION ALL
    SELECT 'enrollments.csv', line, format('classSourcedId "%s" is not in classes.csv', class)
    FROM roster_enrolments enrolment
    WHERE class <> '' AND NOT gone
        AND NOT EXISTS (SELECT FROM roster_classes WHERE external_id = enrolment.class)
    UNION ALL
    SELECT 'enrollments.csv', line, format('schoolSourcedId "%s" is not in orgs.csv', school)
    FROM roster_enrolments enrolment
    WHERE school IS NOT NULL AND NOT gone
        AND NOT EXISTS (SELECT FROM roster_orgs WHERE external_id = enrolment.school)
    UNION ALL
    SELECT 'enrollments.csv', line, format('userSourcedId "%s" is not in users.csv', user_external_id)
    FROM roster_enrolments enrolment
    WHERE user_external_id <> '' AND NOT gone
        AND NOT EXISTS (SELECT FROM roster_users WHERE external_id = enrolment.user_external_id)
)
SELECT file, line, left(what, 400) AS what, count(*) OVER () AS total
FROM faults
ORDER BY array_position(ARRAY['orgs.csv', 'academicSessions.csv', 'courses.csv', 'classes.csv', 'users.csv', 'roles.csv',
    'enrollments.csv'], file), line, what
LIMIT $4
