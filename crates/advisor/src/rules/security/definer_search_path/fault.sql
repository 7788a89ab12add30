-- expect: function public.reset_password(bigint)
-- expect: function public.count_logins()
-- expect: function public.record_login(bigint)
-- expect: function public.guard_accounts()
CREATE TABLE accounts (id bigint PRIMARY KEY, logins integer NOT NULL DEFAULT 0);
-- No path at all.
CREATE FUNCTION reset_password(id bigint) RETURNS void LANGUAGE sql SECURITY DEFINER
    AS $$ UPDATE public.accounts SET logins = 0 WHERE accounts.id = $1 $$;
CREATE FUNCTION guard_accounts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    AS $$ BEGIN RETURN new; END $$;
-- A path that leaves the caller's temporary tables before it.
CREATE FUNCTION count_logins() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public
    AS $$ SELECT sum(logins) FROM accounts $$;
-- A path into a schema that is everybody's.
CREATE SCHEMA tools;
GRANT CREATE ON SCHEMA tools TO PUBLIC;
CREATE FUNCTION record_login(id bigint) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = tools, pg_temp
    AS $$ UPDATE public.accounts SET logins = logins + 1 WHERE accounts.id = $1 $$;
