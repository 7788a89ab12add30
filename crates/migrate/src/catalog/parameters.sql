-- Settings that ALTER DATABASE … SET and ALTER ROLE … IN DATABASE … SET keep for this database.
SELECT
    'setting' AS kind,
    NULL AS relation,
    CASE s.setrole WHEN 0 THEN 'database' ELSE 'role ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(s.setrole)) END AS name,
    (SELECT pg_catalog.string_agg(c.item, ', ' ORDER BY c.item) FROM pg_catalog.unnest(s.setconfig) AS c (item)) AS definition
FROM pg_catalog.pg_db_role_setting AS s
JOIN pg_catalog.pg_database AS b ON b.oid = s.setdatabase AND b.datname = pg_catalog.current_database()
