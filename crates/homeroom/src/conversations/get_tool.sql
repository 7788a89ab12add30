-- The tool that the source's chats have (a fork keeps its parent's), else the live one of this name, else a new one.
WITH wanted AS (
    SELECT $1::text AS source, $2::uuid AS id, 'OpenAssistant conversations' AS name, '1.0.0' AS version, $3::text AS definition
), present AS (
    (SELECT chat.tool_id AS id
     FROM wanted JOIN external_ids known ON known.source = wanted.source AND known.kind = 'chat_session'
     JOIN chat_sessions chat ON chat.id = known.chat_session_id
     LIMIT 1)
    UNION ALL
    (SELECT tools.id FROM wanted JOIN tools ON tools.name = wanted.name AND tools.version = wanted.version
     WHERE tools.group_id IS NULL AND tools.deleted_at IS NULL)
    LIMIT 1
), created AS (
    INSERT INTO tools (id, type, name, version, definition)
    SELECT id, 'chat', name, version, definition FROM wanted WHERE NOT EXISTS (SELECT FROM present)
    RETURNING id
)
SELECT id, false AS created FROM present UNION ALL SELECT id, true FROM created
