-- expect: function public.erase(bigint)
CREATE TABLE accounts (id bigint PRIMARY KEY);
CREATE FUNCTION erase(account bigint) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ DELETE FROM accounts WHERE id = account $$;
