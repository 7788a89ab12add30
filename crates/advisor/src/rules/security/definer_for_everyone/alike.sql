CREATE TABLE accounts (id bigint PRIMARY KEY, name text NOT NULL);
CREATE FUNCTION erase(account bigint) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ DELETE FROM accounts WHERE id = account $$;
REVOKE EXECUTE ON FUNCTION erase FROM PUBLIC;
-- Only its own line.
CREATE FUNCTION erase_mine() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ DELETE FROM accounts WHERE name = session_user $$;
-- Called by the server alone.
CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ BEGIN RETURN new; END $$;
-- In a schema that nobody else can use.
CREATE SCHEMA inner_works;
CREATE FUNCTION inner_works.erase_all() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ DELETE FROM accounts $$;
