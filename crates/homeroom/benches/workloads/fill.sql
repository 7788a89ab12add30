-- Homeroom's own schema, filled: :scale stands for how much of the full size. Ids are made in the order of the rows, as clients do.
INSERT INTO groups (name, slug, type, settings)
VALUES ('District', 'district', 'district',
    '{"language": "es", "chat": {"max_turns": 50, "tone": "kind"}, "locked": {"language": true}}');
INSERT INTO groups (parent_id, name, slug, type, settings)
SELECT id, 'School ' || n, 'school-' || n, 'school', '{"chat": {"max_turns": 30}, "theme": "blue"}'
FROM groups, generate_series(1, greatest(20 * :scale, 2)::integer) n WHERE type = 'district';
INSERT INTO groups (parent_id, name, slug, type)
SELECT id, 'Department ' || n, 'department-' || n, 'department' FROM groups, generate_series(1, 10) n WHERE type = 'school';

INSERT INTO users (email, name, status)
SELECT 'person' || n || '@example.org', 'Person ' || n, 'active'
FROM generate_series(1, greatest(10000 * :scale, 2000)::integer) n;
INSERT INTO group_members (group_id, user_id, role)
SELECT schools.id, users.id, CASE WHEN users.n % 20 = 0 THEN 'teacher' ELSE 'student' END
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM users) users
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM groups WHERE type = 'school') schools
    ON schools.n = users.n % (SELECT count(*) FROM groups WHERE type = 'school');
INSERT INTO classes (group_id, name)
SELECT schools.id, 'Class ' || class
FROM generate_series(1, (500 * :scale)::integer) class
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM groups WHERE type = 'school') schools
    ON schools.n = class % (SELECT count(*) FROM groups WHERE type = 'school');
INSERT INTO class_members (class_id, user_id, role)
SELECT classes.id, member.user_id, 'student'
FROM (SELECT id, group_id, row_number() OVER (PARTITION BY group_id ORDER BY id) AS n FROM classes) classes
JOIN (SELECT group_id, user_id, row_number() OVER (PARTITION BY group_id ORDER BY user_id) AS n FROM group_members) member
    ON member.group_id = classes.group_id AND member.n % 25 = classes.n % 25;
ANALYZE;
-- One class of 1,000.
WITH class AS (
    INSERT INTO classes (group_id, name) SELECT id, 'Class of 1,000' FROM groups WHERE type = 'school' ORDER BY id LIMIT 1
    RETURNING id
)
INSERT INTO class_members (class_id, user_id, role)
SELECT class.id, users.id, 'student' FROM class, (SELECT id FROM users ORDER BY id LIMIT 1000) users;

-- Everyone is signed in. Whoever knows an id knows the token here.
INSERT INTO sessions (user_id, token_hash, context, expires_at)
SELECT id, sha256(sha256(convert_to('token ' || id, 'UTF8'))), 'personal', now() + interval '30 days' FROM users ORDER BY id;

INSERT INTO tools (type, name, version, definition, group_id)
SELECT 'chat', 'Tool ' || n, '1.0.0', 'prompt: ' || repeat('Explain it. ', 50), NULL FROM generate_series(1, 20) n;

-- Chats of 50 messages, ten of 5,000, and one of 10,000; last the newest. One person in twenty has all of them, some tens each.
INSERT INTO chat_sessions (user_id, tool_id, last_seq, title, started_at, last_activity_at)
SELECT users.id, tools.id, chat.messages, 'Chat ' || chat.n, now() - interval '30 days' + chat.n * interval '1 second',
    now() - interval '30 days' + chat.n * interval '1 second'
FROM (
    SELECT n, CASE WHEN n = 1 THEN 10000 WHEN n <= 11 THEN 5000 ELSE 50 END AS messages
    FROM generate_series(1, (20000 * :scale)::integer) n
) chat
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM users) users
    ON users.n = chat.n * 20 % (SELECT count(*) FROM users)
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM tools) tools ON tools.n = chat.n % 20
ORDER BY chat.n;

-- By the chats' own counters, so that nothing has to be checked: with triggers, ten million rows would wait in memory for it.
SET session_replication_role = replica;
INSERT INTO messages (session_id, seq, role, content, meta, created_at)
SELECT chat.id, seq, CASE WHEN seq % 2 = 1 THEN 'user' ELSE 'assistant' END,
    substr(repeat(md5(chat.id::text || seq), 13), 1, 400),
    CASE WHEN seq % 2 = 1 THEN '{}' ELSE '{"tokens": 120, "model": "a-model", "finish_reason": "stop"}' END::jsonb,
    chat.started_at + seq * interval '1 second'
FROM chat_sessions chat CROSS JOIN LATERAL generate_series(1, chat.last_seq) seq;
RESET session_replication_role;
VACUUM (ANALYZE);
