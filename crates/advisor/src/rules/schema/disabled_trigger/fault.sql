-- expect: trigger public.users.users_touch
CREATE TABLE users (id bigint PRIMARY KEY, name text);
CREATE TRIGGER users_touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
ALTER TABLE users DISABLE TRIGGER users_touch;
