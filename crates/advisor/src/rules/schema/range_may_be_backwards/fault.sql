-- expect: column public.meetings.ends_at
-- expect: column public.prices.valid_to
CREATE TABLE meetings (id bigint PRIMARY KEY, starts_at timestamptz NOT NULL, ends_at timestamptz);
CREATE TABLE prices (id bigint PRIMARY KEY, valid_from date NOT NULL CHECK (valid_from > '2000-01-01'), valid_to date);
