DROP FUNCTION set_updated_at();
DROP FUNCTION uuid_v7();

DO $$
BEGIN
    IF EXISTS (
        SELECT FROM pg_extension
        WHERE extname = 'ltree'
          AND obj_description(oid, 'pg_extension') = 'paths of the tree of groups (created by Homeroom)'
    ) THEN
        DROP EXTENSION ltree;
    END IF;
END
$$;
