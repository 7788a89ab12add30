-- What every later migration stands on: ltree, time-ordered ids, and the trigger that moves updated_at.

-- Functions name their schemas in a fixed search_path, so that nobody can put other objects in their way.
DO $$
DECLARE
    place name;
BEGIN
    IF current_schema() IS DISTINCT FROM 'public' THEN
        RAISE EXCEPTION 'Homeroom lives in the schema public, but new objects would be made in %',
            coalesce(quote_ident(current_schema()), 'no schema at all')
            USING ERRCODE = 'invalid_schema_name', HINT = 'Let search_path begin with public: ALTER ROLE … SET search_path = public.';
    END IF;

    SELECT nspname INTO place
    FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'ltree';
    IF place <> 'public' THEN
        RAISE EXCEPTION 'the extension ltree is in the schema %, but Homeroom needs it in public', quote_ident(place)
            USING ERRCODE = 'invalid_schema_name', HINT = 'ALTER EXTENSION ltree SET SCHEMA public;';
    ELSIF place IS NULL THEN
        CREATE EXTENSION ltree SCHEMA public;
        -- Marks the extension as ours, so that the down migration leaves one alone that was there before.
        COMMENT ON EXTENSION ltree IS 'paths of the tree of groups (created by Homeroom)';
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'the extension ltree is missing, and % may not create it in database %', current_user, current_database()
            USING ERRCODE = 'insufficient_privilege',
                HINT = 'Let the owner of the database run: CREATE EXTENSION ltree SCHEMA public;';
    WHEN undefined_file OR feature_not_supported THEN
        RAISE EXCEPTION 'the extension ltree is not installed on this server'
            USING ERRCODE = 'feature_not_supported',
                HINT = 'It is part of PostgreSQL''s contrib package: install that on the server (Debian: postgresql-contrib).';
END
$$;

-- RFC 9562, section 5.7: 48 bits of Unix milliseconds, then random bits around the version (7) and the variant.
CREATE FUNCTION uuid_v7() RETURNS uuid
    LANGUAGE sql VOLATILE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT encode(
        set_bit(set_bit(
            overlay(
                uuid_send(gen_random_uuid())
                PLACING substring(int8send(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
                FROM 1 FOR 6),
            52, 1), 53, 1),
        'hex')::uuid
$$;
COMMENT ON FUNCTION uuid_v7() IS 'A time-ordered UUID, version 7: the default of every id for rows written by plain SQL.';

CREATE FUNCTION set_updated_at() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- Not now(): two changes in one transaction are two changes.
    NEW.updated_at := clock_timestamp();
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION set_updated_at() IS 'Moves updated_at; every table that has the column calls it when a row really changes.';
