-- Rows that brought nothing by themselves. $1 is the file that has the roles.
WITH role_ties AS (
    SELECT tie.word,
        CASE WHEN tie.gone THEN 'it'
             WHEN person.gone THEN 'the user'
             WHEN org.gone THEN 'the organisation' END AS gone,
        tie.role, org.group_id, person.user_id
    FROM roster_roles tie
    LEFT JOIN roster_users person ON person.external_id = tie.user_external_id
    LEFT JOIN roster_orgs org ON org.external_id = tie.org
), enrolment_ties AS (
    SELECT tie.word,
        CASE WHEN tie.gone THEN 'it'
             WHEN class.gone THEN 'the class'
             WHEN person.gone THEN 'the user' END AS gone,
        tie.role, class.class_id, person.user_id
    FROM roster_enrolments tie
    LEFT JOIN roster_classes class ON class.external_id = tie.class
    LEFT JOIN roster_users person ON person.external_id = tie.user_external_id
), used_sessions AS (
    SELECT DISTINCT jsonb_array_elements_text(terms) AS external_id FROM roster_classes WHERE NOT gone
    UNION SELECT school_year FROM roster_courses
), skipped AS (
    SELECT 'orgs.csv' AS file, 'organisation' AS what, 'to be deleted, and not here' AS reason, count(*) AS rows
    FROM roster_orgs WHERE gone AND group_id IS NULL
    UNION ALL
    SELECT 'academicSessions.csv', 'academic session', 'neither a term of a class nor the school year of a course', count(*)
    FROM roster_sessions session
    WHERE NOT EXISTS (SELECT FROM used_sessions WHERE external_id = session.external_id)
    UNION ALL
    SELECT 'courses.csv', 'course', 'no class of the package is held in it', count(*)
    FROM roster_courses
    WHERE NOT EXISTS (SELECT FROM roster_classes WHERE course = roster_courses.external_id AND NOT gone)
    UNION ALL
    SELECT 'classes.csv', 'class', 'to be deleted, and not here', count(*)
    FROM roster_classes WHERE gone AND NOT known
    UNION ALL
    SELECT 'users.csv', 'user', 'to be deleted, and not here', count(*)
    FROM roster_users WHERE gone AND NOT known
    UNION ALL
    SELECT $1, 'role', gone || ' is to be deleted', count(*)
    FROM role_ties WHERE gone IS NOT NULL GROUP BY gone
    UNION ALL
    SELECT $2, 'role ' || word, 'has no place in groups', count(*)
    FROM role_ties WHERE gone IS NULL AND role IS NULL GROUP BY word
    UNION ALL
    SELECT $3, 'role', 'the same user has the same or a stronger one in the same organisation',
        count(*) - (SELECT count(*) FROM roster_memberships)
    FROM role_ties WHERE gone IS NULL AND role IS NOT NULL
    UNION ALL
    SELECT 'enrollments.csv', 'enrolment', gone || ' is to be deleted', count(*)
    FROM enrolment_ties WHERE gone IS NOT NULL GROUP BY gone
    UNION ALL
    SELECT 'enrollments.csv', 'role ' || word, 'has no place in classes', count(*)
    FROM enrolment_ties WHERE gone IS NULL AND role IS NULL GROUP BY word
    UNION ALL
    SELECT 'enrollments.csv', 'enrolment', 'the same user has the same or a stronger role in the same class',
        count(*) - (SELECT count(*) FROM roster_class_members)
    FROM enrolment_ties WHERE gone IS NULL AND role IS NOT NULL
)
SELECT file, what, reason, rows FROM skipped WHERE rows > 0 ORDER BY file, what, reason
