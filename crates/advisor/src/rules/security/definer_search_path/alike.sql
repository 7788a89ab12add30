REVOKE CREATE ON SCHEMA public FROM PUBLIC;
CREATE TABLE accounts (id bigint PRIMARY KEY, logins integer NOT NULL DEFAULT 0);
CREATE FUNCTION reset_password(id bigint) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ UPDATE accounts SET logins = 0 WHERE accounts.id = $1 $$;
-- Every name has its schema.
CREATE FUNCTION count_logins() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = ''
    AS $$ SELECT sum(logins) FROM public.accounts $$;
CREATE FUNCTION most_logins() RETURNS integer LANGUAGE sql SECURITY DEFINER SET search_path = public
    AS $$ SELECT max(logins) FROM public.accounts $$;
-- Bound to its table when it was made.
CREATE FUNCTION fewest_logins() RETURNS integer LANGUAGE sql SECURITY DEFINER
    BEGIN ATOMIC SELECT min(logins) FROM accounts; END;
-- With the rights of its caller.
CREATE FUNCTION some_logins() RETURNS integer LANGUAGE sql AS $$ SELECT min(logins) FROM accounts $$;
