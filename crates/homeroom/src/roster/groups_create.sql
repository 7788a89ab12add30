WITH new_groups AS (
    SELECT * FROM unnest($2, $3, $4, $5, $6, $7) AS new (external_id, id, parent_id, name, slug, type)
), created AS (
    INSERT INTO groups (id, parent_id, name, slug, type)
    SELECT id, parent_id, name, slug, type FROM new_groups
)
INSERT INTO external_ids (source, kind, external_id, group_id)
SELECT $1, 'group', external_id, id FROM new_groups
