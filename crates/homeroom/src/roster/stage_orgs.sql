INSERT INTO roster_orgs (line, external_id, gone) SELECT * FROM unnest($1, $2, $3)
