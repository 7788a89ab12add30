-- expect: index public.users_email_key
-- expect: index public.teams_tenant_id_lower_idx
CREATE TABLE users (
    id bigint PRIMARY KEY,
    email text NOT NULL UNIQUE,
    deleted_at timestamptz
);
CREATE TABLE teams (id bigint PRIMARY KEY, tenant_id bigint NOT NULL, name text NOT NULL, deleted_at timestamptz);
CREATE UNIQUE INDEX teams_tenant_id_lower_idx ON teams (tenant_id, lower(name));
