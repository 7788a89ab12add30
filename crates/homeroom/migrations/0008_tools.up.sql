-- Semantic Versioning 2.0.0, section 11, as text that sorts bytewise: a number carries its length in front, a version
-- without a pre-release sorts behind those with one ("~" is behind every letter), and a shorter list of equal
-- identifiers before a longer one (" " is before every character of an identifier).
CREATE FUNCTION semver_precedence(version text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT string_agg(lpad(length(number)::text, 2, '0') || number, '.' ORDER BY place)
        || coalesce('-' || (
            SELECT string_agg(
                CASE WHEN identifier ~ '^[0-9]+$'
                    THEN '0' || lpad(length(identifier)::text, 2, '0') || identifier
                    ELSE '1' || identifier
                END, ' ' ORDER BY place)
            FROM regexp_split_to_table(substring(split_part(version, '+', 1) FROM '-(.*)'), '\.')
                WITH ORDINALITY AS pre_release (identifier, place)
        ), '~')
    FROM regexp_split_to_table(substring(version FROM '^[0-9.]+'), '\.') WITH ORDINALITY AS core (number, place)
$$;
COMMENT ON FUNCTION semver_precedence(text) IS
    'A key whose bytewise order is the precedence of semantic versions; build metadata does not count.';

CREATE TABLE tools (
    id         uuid        NOT NULL DEFAULT uuid_v7() PRIMARY KEY,
    group_id   uuid        REFERENCES groups (id) ON DELETE SET NULL,
    type       text        NOT NULL,
    name       text        NOT NULL,
    version    text        NOT NULL,
    definition text        NOT NULL,
    created_by uuid        REFERENCES users (id) ON DELETE SET NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    CONSTRAINT tools_type_check CHECK (type IN ('chat', 'product')),
    CONSTRAINT tools_name_check CHECK (char_length(name) BETWEEN 1 AND 100 AND name ~ '[^[:space:]]'),
    -- The grammar of Semantic Versioning 2.0.0; at most 18 digits a number, so that 64 bits hold it.
    CONSTRAINT tools_version_check CHECK (char_length(version) <= 64 AND version ~ ('^'
        '(0|[1-9][0-9]{0,17})\.(0|[1-9][0-9]{0,17})\.(0|[1-9][0-9]{0,17})'
        '(-(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*)?'
        '(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$')),
    CONSTRAINT tools_definition_check CHECK (octet_length(definition) BETWEEN 1 AND 262144)
);

-- Two indexes, as a unique one counts nulls as different: a tool's scope is a group, or (null) everyone.
CREATE UNIQUE INDEX tools_group_id_name_version_key ON tools (group_id, name, version)
    WHERE group_id IS NOT NULL AND deleted_at IS NULL;
CREATE UNIQUE INDEX tools_name_version_key ON tools (name, version)
    WHERE group_id IS NULL AND deleted_at IS NULL;
CREATE INDEX tools_group_id_name_precedence_idx ON tools (group_id, name, semver_precedence(version) COLLATE "C");
CREATE INDEX tools_created_by_idx ON tools (created_by);

CREATE FUNCTION check_tool_group() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    deleted ltree;
BEGIN
    IF NEW.group_id IS NULL THEN
        -- Its group was deleted for good: without this the tool would turn visible to everyone.
        IF pg_trigger_depth() > 1 THEN
            NEW.deleted_at := coalesce(NEW.deleted_at, now());
        END IF;
        RETURN NEW;
    END IF;
    SELECT path INTO deleted FROM groups WHERE id = NEW.group_id AND deleted_at IS NOT NULL FOR SHARE;
    IF FOUND THEN
        RAISE EXCEPTION 'group % is deleted: it takes no tools', deleted
            USING ERRCODE = 'check_violation', TABLE = 'tools', CONSTRAINT = 'tools_group_deleted_check';
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION check_tool_group() IS 'Refuses tools in a deleted group; soft-deletes the tools of one that is deleted for good.';

CREATE TRIGGER tools_check_insert
    AFTER INSERT ON tools REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION require_live_groups();
CREATE TRIGGER tools_check_group
    BEFORE UPDATE OF group_id ON tools
    FOR EACH ROW WHEN (OLD.group_id IS DISTINCT FROM NEW.group_id)
    EXECUTE FUNCTION check_tool_group();
CREATE TRIGGER tools_touch
    BEFORE UPDATE ON tools
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
    EXECUTE FUNCTION set_updated_at();

COMMENT ON TABLE tools IS 'AI tools that teachers make; every version is a row of its own.';
COMMENT ON COLUMN tools.group_id IS 'Visible in this group and all below it; null: to everyone.';
COMMENT ON COLUMN tools.type IS 'chat | product.';
COMMENT ON COLUMN tools.version IS 'A semantic version; the newest is that of the highest semver_precedence(version), not the last in text order.';
COMMENT ON COLUMN tools.definition IS 'YAML text, at most 256 KiB; the client checks that it is well-formed.';
COMMENT ON COLUMN tools.created_by IS 'The author; null once the author was erased.';
COMMENT ON COLUMN tools.updated_at IS 'Moved by trigger on every real change.';
COMMENT ON COLUMN tools.deleted_at IS 'Soft delete: when the version was withdrawn; null while live.';
