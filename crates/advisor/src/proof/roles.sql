-- Statements that make the roles of the server in another one, without their passwords, where they are not there.
SELECT format(
    $statement$
    DO $do$
    BEGIN
        CREATE ROLE %I %s %s %s;
    EXCEPTION WHEN duplicate_object THEN NULL;
    END
    $do$
    $statement$,
    rolname,
    CASE WHEN rolsuper THEN 'SUPERUSER' ELSE 'NOSUPERUSER' END,
    CASE WHEN rolbypassrls THEN 'BYPASSRLS' ELSE 'NOBYPASSRLS' END,
    CASE WHEN rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END
)
FROM pg_roles
WHERE rolname !~ '^pg_'
UNION ALL
SELECT format(
    $statement$
    GRANT %I TO %I
    $statement$,
    granted.rolname, member.rolname
)
FROM pg_auth_members AS membership
JOIN pg_roles AS granted ON granted.oid = membership.roleid
JOIN pg_roles AS member ON member.oid = membership.member
WHERE granted.rolname <> 'pg_database_owner' AND member.rolname !~ '^pg_'
