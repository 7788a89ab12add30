-- expect: column public.orders.created_at
CREATE TABLE orders (id bigint PRIMARY KEY, created_at text NOT NULL);
