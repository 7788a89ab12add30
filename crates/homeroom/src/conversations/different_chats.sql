SELECT DISTINCT said.session_id
FROM unnest($1, $2, $3, $4) AS said (session_id, seq, role, content)
LEFT JOIN messages USING (session_id, seq)
WHERE (messages.role, messages.content) IS DISTINCT FROM (said.role, said.content)
