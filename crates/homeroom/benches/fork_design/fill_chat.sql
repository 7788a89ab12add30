INSERT INTO messages (session_id, seq, role, content, meta)
SELECT $1, seq, CASE seq % 2 WHEN 1 THEN 'user' ELSE 'assistant' END,
    repeat(md5(seq::text), CASE seq % 2 WHEN 1 THEN 4 ELSE 20 END), '{"tokens": 90, "model": "m", "latency_ms": 800}'
FROM generate_series($2::integer, $3::integer) AS seq
