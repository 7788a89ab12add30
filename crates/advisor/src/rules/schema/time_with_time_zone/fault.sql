-- expect: column public.shops.opens
CREATE TABLE shops (id bigint PRIMARY KEY, opens time with time zone NOT NULL);
