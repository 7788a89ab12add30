CREATE TABLE groups (id bigint PRIMARY KEY, parent_id bigint REFERENCES groups);
CREATE FUNCTION refuse_cycle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        WITH RECURSIVE above AS (
            SELECT NEW.parent_id AS id
            UNION
            SELECT groups.parent_id FROM groups JOIN above ON above.id = groups.id
        )
        SELECT FROM above WHERE above.id = NEW.id
    ) THEN
        RAISE EXCEPTION 'a group would be above itself';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER groups_refuse_cycle BEFORE UPDATE OF parent_id ON groups FOR EACH ROW EXECUTE FUNCTION refuse_cycle();
-- A parent is older than its child.
CREATE TABLE versions (id bigint PRIMARY KEY, parent_id bigint REFERENCES versions, CHECK (parent_id < id));
-- Not a tree: what was answered never changes, and the next of a list is no parent.
CREATE TABLE messages (id bigint PRIMARY KEY, in_reply_to_id bigint REFERENCES messages, next_id bigint REFERENCES messages);
