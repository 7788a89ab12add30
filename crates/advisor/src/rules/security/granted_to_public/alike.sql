-- What an extension grants is its own business, as that of pg_stat_statements and of PostGIS.
CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL);
GRANT SELECT, INSERT ON users TO pg_monitor;
GRANT SELECT ON users TO PUBLIC;
REVOKE SELECT ON users FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO PUBLIC;
