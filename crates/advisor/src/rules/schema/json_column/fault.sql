-- expect: column public.events.payload
CREATE TABLE events (id bigint PRIMARY KEY, payload json NOT NULL);
