SELECT
    'column' AS kind,
    identity AS object,
    format('the default of %s is one fixed moment', identity) AS title,
    format('The default is %s: what was now when the table was made.', value) AS description,
    jsonb_build_object('default', value) AS evidence,
    format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT now();', table_identity, name) AS up,
    format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s;', table_identity, name, value) AS down
FROM columns
WHERE type IN ('timestamptz', 'timestamp', 'date')
    AND name ~* '(created|updated|modified|inserted|added|started|last_)'
    AND value ~ '^''(19[89]|20)[0-9]{2}-[0-9]{2}-[0-9]{2}.*''::(timestamp|date)'
    -- One that is made of a whole day is meant.
    AND value !~ '^''[0-9]{4}-01-01( 00:00:00)?[^.]*''::'
    AND value ~ '[0-9]:[0-9]{2}:[0-9]{2}\.[0-9]+'
ORDER BY 2
