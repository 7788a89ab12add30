SELECT known.external_id || ': ' || classes.name || ' in ' || place.external_id
    || ', course ' || coalesce(settings #>> '{roster,course,title}', '')
    || ', code ' || coalesce(settings #>> '{roster,code}', '')
    || ', type ' || coalesce(settings #>> '{roster,type}', '')
    || ', grades ' || coalesce((
        SELECT string_agg(grade, ',' ORDER BY at)
        FROM jsonb_array_elements_text(settings #> '{roster,grades}') WITH ORDINALITY AS grades (grade, at)), '')
    || ', terms ' || coalesce((
        SELECT string_agg(term ->> 'id', ',' ORDER BY at)
        FROM jsonb_array_elements(settings #> '{roster,terms}') WITH ORDINALITY AS terms (term, at)), '')
    || ', periods ' || coalesce((
        SELECT string_agg(period, ',' ORDER BY at)
        FROM jsonb_array_elements_text(settings #> '{roster,periods}') WITH ORDINALITY AS periods (period, at)), '')
    || CASE WHEN classes.deleted_at IS NULL THEN '' ELSE ', deleted' END AS content
FROM classes
JOIN external_ids known ON known.class_id = classes.id
JOIN external_ids place ON place.group_id = classes.group_id
ORDER BY content
