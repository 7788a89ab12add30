CREATE TABLE chats (id bigint PRIMARY KEY, last_number integer NOT NULL DEFAULT 0);
CREATE TABLE messages (chat bigint, number integer, body text, PRIMARY KEY (chat, number));
-- Whoever comes second waits for the first.
CREATE FUNCTION number_message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM chats WHERE id = new.chat FOR UPDATE;
    SELECT coalesce(max(number), 0) + 1 INTO new.number FROM messages WHERE chat = new.chat;
    RETURN new;
END
$$;
CREATE FUNCTION next_number(of bigint) RETURNS integer LANGUAGE sql
    AS $$ UPDATE chats SET last_number = last_number + 1 WHERE id = of RETURNING last_number $$;
-- A greatest one that gives no number.
CREATE FUNCTION newest(of bigint) RETURNS integer LANGUAGE sql
    AS $$ SELECT max(number) FROM messages WHERE chat = of $$;
CREATE FUNCTION longest(of bigint) RETURNS integer LANGUAGE sql
    AS $$ SELECT max(length(body)) + 1 FROM messages WHERE chat = of $$;
