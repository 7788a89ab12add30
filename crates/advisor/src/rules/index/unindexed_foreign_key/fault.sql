-- expect: constraint public.orders.orders_customer_id_fkey
-- expect: constraint public.order_lines.order_lines_tenant_id_product_id_fkey
-- expect: constraint public.visits.visits_customer_id_fkey
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (
    id bigint PRIMARY KEY,
    customer_id bigint REFERENCES customers,
    paid_at timestamptz
);
-- It has not all the rows.
CREATE INDEX orders_unpaid_idx ON orders (customer_id) WHERE paid_at IS NULL;
-- It does not begin with it.
CREATE INDEX orders_paid_idx ON orders (paid_at, customer_id);
CREATE TABLE products (tenant_id bigint, number bigint, PRIMARY KEY (tenant_id, number));
CREATE TABLE order_lines (
    id bigint PRIMARY KEY,
    tenant_id bigint NOT NULL,
    product_id bigint NOT NULL,
    CONSTRAINT order_lines_tenant_id_product_id_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES products
);
CREATE INDEX order_lines_tenant_id_idx ON order_lines (tenant_id);
-- Told once, of the table, and inside of a DO block as well as outside.
DO $$ BEGIN
    CREATE TABLE visits (customer_id bigint NOT NULL REFERENCES customers, day date NOT NULL) PARTITION BY RANGE (day);
    CREATE TABLE visits_2024 PARTITION OF visits FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
END $$;
