-- All that the package says of a class stands under one key of its settings; the other keys are not the roster's.
WITH wanted AS MATERIALIZED (
    SELECT class.external_id, class.class_id, class.group_id, class.name, class.known,
        jsonb_strip_nulls(class.details || jsonb_build_object(
            'course', course.course || jsonb_build_object('school_year', year.session -> 'title'),
            'terms', (
                SELECT jsonb_agg(term.session ORDER BY ids.place)
                FROM jsonb_array_elements_text(class.terms) WITH ORDINALITY AS ids (id, place)
                JOIN roster_sessions term ON term.external_id = ids.id))) AS roster
    FROM roster_classes class
    LEFT JOIN roster_courses course ON course.external_id = class.course
    LEFT JOIN roster_sessions year ON year.external_id = course.school_year
    WHERE NOT class.gone
), known AS (
    SELECT wanted.*, present.deleted_at IS NOT NULL AS restored,
        (present.group_id, present.name, present.settings -> 'roster')
            IS DISTINCT FROM (wanted.group_id, wanted.name, wanted.roster)
            OR present.deleted_at IS NOT NULL AS differs
    FROM wanted JOIN classes present ON present.id = wanted.class_id
    WHERE wanted.known
), changed AS (
    UPDATE classes SET group_id = known.group_id, name = known.name,
        settings = classes.settings || jsonb_build_object('roster', known.roster), deleted_at = NULL
    FROM known
    WHERE known.differs AND classes.id = known.class_id
), created AS (
    INSERT INTO classes (id, group_id, name, settings)
    SELECT class_id, group_id, name, jsonb_build_object('roster', roster)
    FROM wanted WHERE NOT known
    ORDER BY class_id
), named AS (
    INSERT INTO external_ids (source, kind, external_id, class_id)
    SELECT $1, 'class', external_id, class_id FROM wanted WHERE NOT known
)
SELECT (SELECT count(*) FROM wanted WHERE NOT wanted.known) AS created, count(*) FILTER (WHERE differs) AS changed,
    count(*) FILTER (WHERE NOT differs) AS unchanged, count(*) FILTER (WHERE restored) AS restored
FROM known
