-- Tools of the group, of those above it and of everyone: names first, as many as the page takes, then the newest of each.
WITH asked AS (
    SELECT $1 AS user_id, $2 AS group_id, $3 AS after_name, $4 AS after_depth, $5 AS rows
),
place AS (
    SELECT groups.path FROM asked JOIN groups ON groups.id = asked.group_id
    WHERE groups.deleted_at IS NULL AND (asked.user_id IS NULL OR EXISTS (
        SELECT FROM users
        WHERE users.id = asked.user_id AND users.status = 'active' AND users.deleted_at IS NULL
          AND (EXISTS (
              SELECT FROM group_members member
              JOIN groups home ON home.id = member.group_id AND home.deleted_at IS NULL
              WHERE member.user_id = users.id AND (
                  home.path <@ groups.path
                  OR member.role = 'group_admin' AND home.path @> groups.path
                  OR member.role = 'system_admin')
          ) OR EXISTS (
              SELECT FROM class_members member
              JOIN classes ON classes.id = member.class_id AND classes.deleted_at IS NULL
              JOIN groups home ON home.id = classes.group_id AND home.deleted_at IS NULL
              WHERE member.user_id = users.id AND home.path <@ groups.path
          ))
    ))
),
names AS (
    (
        SELECT scope.id AS group_id, nlevel(scope.path) AS depth, tool.name
        FROM asked CROSS JOIN place
        JOIN groups scope ON scope.path @> place.path AND scope.deleted_at IS NULL
        CROSS JOIN LATERAL (
            SELECT DISTINCT name FROM tools
            WHERE tools.group_id = scope.id AND tools.deleted_at IS NULL AND name >= asked.after_name
              AND (name > asked.after_name OR nlevel(scope.path) < asked.after_depth)
            ORDER BY name LIMIT (SELECT rows FROM asked)
        ) AS tool
    )
    UNION ALL
    (
        SELECT NULL, 0, tool.name
        FROM asked CROSS JOIN place
        CROSS JOIN LATERAL (
            SELECT DISTINCT name FROM tools
            WHERE tools.group_id IS NULL AND tools.deleted_at IS NULL AND name >= asked.after_name
              AND (name > asked.after_name OR 0 < asked.after_depth)
            ORDER BY name LIMIT (SELECT rows FROM asked)
        ) AS tool
    )
    ORDER BY name, depth DESC LIMIT (SELECT rows FROM asked)
)
-- Ordered by all columns of the index that holds the precedence, so that the newest is its first entry.
SELECT newest.id, newest.group_id, newest.type, newest.name, newest.version, names.depth
FROM names
CROSS JOIN LATERAL (
    (
        SELECT * FROM tools
        WHERE tools.group_id = names.group_id AND tools.name = names.name AND tools.deleted_at IS NULL
        ORDER BY group_id DESC, name DESC, semver_precedence(version) COLLATE "C" DESC LIMIT 1
    )
    UNION ALL
    (
        SELECT * FROM tools
        WHERE names.group_id IS NULL AND tools.group_id IS NULL AND tools.name = names.name AND tools.deleted_at IS NULL
        ORDER BY group_id DESC, name DESC, semver_precedence(version) COLLATE "C" DESC LIMIT 1
    )
) AS newest
ORDER BY names.name, names.depth DESC
