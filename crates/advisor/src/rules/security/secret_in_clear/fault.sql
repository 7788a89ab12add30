-- expect: column public.users.password
-- expect: column public.sessions.token
-- expect: column public.integrations."clientSecret"
CREATE TABLE users (id bigint PRIMARY KEY, password text NOT NULL);
CREATE TABLE sessions (id bigint PRIMARY KEY, token varchar(64) NOT NULL UNIQUE);
CREATE TABLE integrations (id bigint PRIMARY KEY, "clientSecret" text);
