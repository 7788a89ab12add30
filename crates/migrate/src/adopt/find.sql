-- $1 is the table, $2 whether it must have a column "dirty" or must not.
SELECT pg_catalog.to_regclass($1) IS NOT NULL
    AND $2 = EXISTS (
        SELECT FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = pg_catalog.to_regclass($1) AND a.attname = 'dirty' AND NOT a.attisdropped
    )
