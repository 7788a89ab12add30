-- Some thousand rows of each, so that a sequential scan would be seen in the counters and a planner has a choice.
-- Every seventh person is somebody; the others make the table large.
INSERT INTO users (name, email, status)
SELECT 'Person ' || n, 'person' || n || '@example.org', CASE n % 7 WHEN 0 THEN 'active' ELSE 'suspended' END FROM generate_series(1, 20000) AS n;
INSERT INTO groups (name, slug, type) SELECT 'District ' || n, 'd' || n, 'district' FROM generate_series(1, 20) AS n;
INSERT INTO groups (name, slug, type, parent_id)
SELECT 'School ' || n, 's' || n, 'school', groups.id FROM groups CROSS JOIN generate_series(1, 20) AS n
WHERE groups.type = 'district';
INSERT INTO groups (name, slug, type, parent_id)
SELECT 'Department ' || n, 'm' || n, 'department', groups.id FROM groups CROSS JOIN generate_series(1, 5) AS n
WHERE groups.type = 'school';
INSERT INTO classes (group_id, name) SELECT groups.id, 'Class ' || n
FROM groups CROSS JOIN generate_series(1, 5) AS n WHERE type = 'school';
WITH people AS (SELECT id, row_number() OVER (ORDER BY id) AS n FROM users WHERE status = 'active'),
    schools AS (SELECT id, row_number() OVER (ORDER BY id) AS n FROM groups WHERE type = 'school')
INSERT INTO group_members (group_id, user_id, role)
SELECT schools.id, people.id, 'student' FROM people JOIN schools ON schools.n = people.n % 400 + 1;
WITH people AS (SELECT id, row_number() OVER (ORDER BY id) AS n FROM users WHERE status = 'active'),
    held AS (SELECT id, row_number() OVER (ORDER BY id) AS n FROM classes)
INSERT INTO class_members (class_id, user_id, role)
SELECT held.id, people.id, 'student' FROM people CROSS JOIN generate_series(0, 4) AS part
JOIN held ON held.n = (people.n * 5 + part) % 500 + 1;
INSERT INTO tools (group_id, type, name, version, definition)
SELECT groups.id, 'chat', 'Tool ' || n, '1.' || v || '.0', 'prompt: x'
FROM groups CROSS JOIN generate_series(1, 5) AS n CROSS JOIN generate_series(1, 3) AS v WHERE groups.type = 'school';
INSERT INTO tools (type, name, version, definition)
SELECT 'chat', 'Tool ' || n, '1.' || v || '.0', 'prompt: x'
FROM generate_series(1, 200) AS n CROSS JOIN generate_series(1, 20) AS v;
WITH tool AS (SELECT id FROM tools LIMIT 1)
INSERT INTO chat_sessions (user_id, tool_id, last_seq, title)
SELECT users.id, tool.id, CASE n WHEN 1 THEN 30 ELSE 2 END, 'Chat ' || n
FROM users CROSS JOIN tool CROSS JOIN generate_series(1, 3) AS n
WHERE users.status = 'active';
INSERT INTO messages (session_id, seq, role, content)
SELECT chat_sessions.id, seq, 'user', 'message ' || seq
FROM chat_sessions CROSS JOIN LATERAL generate_series(1, last_seq) AS seq;
ANALYZE;
