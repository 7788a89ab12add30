-- expect: constraint public.orders.orders_customer_id_fkey
-- expect: constraint public.orders.orders_number_unique
-- expect: constraint public.orders.orders_amount_check1
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (
    id bigint PRIMARY KEY,
    customer_id bigint,
    number text,
    amount numeric,
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers,
    CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customers ON DELETE CASCADE,
    CONSTRAINT orders_number_key UNIQUE (number),
    CONSTRAINT orders_amount_check CHECK (amount > 0),
    CONSTRAINT orders_amount_check1 CHECK (amount > 0)
);
ALTER TABLE orders ADD CONSTRAINT orders_number_unique UNIQUE (number);
