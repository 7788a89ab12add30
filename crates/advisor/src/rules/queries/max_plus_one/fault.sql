-- expect: function public.number_message()
-- expect: function public.next_place(bigint)
CREATE TABLE messages (chat bigint, number integer, body text, PRIMARY KEY (chat, number));
CREATE FUNCTION number_message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT coalesce(max(m.number), 0) + 1 INTO new.number FROM messages AS m WHERE m.chat = new.chat;
    RETURN new;
END
$$;
CREATE TRIGGER number_message BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION number_message();
CREATE FUNCTION next_place(of bigint) RETURNS integer LANGUAGE sql
    AS $$ SELECT max(number) + 1 FROM messages WHERE chat = of $$;
