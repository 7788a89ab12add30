CREATE TABLE customers (id bigint PRIMARY KEY, tenant_id bigint NOT NULL, UNIQUE (tenant_id, id));
CREATE TABLE orders (
    id bigint PRIMARY KEY,
    customer_id bigint REFERENCES customers,
    invited_by bigint REFERENCES customers,
    seller_id bigint UNIQUE REFERENCES customers,
    owner_id bigint REFERENCES customers
);
CREATE INDEX orders_customer_id_id_idx ON orders (customer_id, id);
-- A search for a key never looks for null.
CREATE INDEX orders_invited_by_idx ON orders (invited_by) WHERE invited_by IS NOT NULL;
CREATE INDEX orders_owner_id_idx ON orders USING hash (owner_id);
CREATE TABLE products (tenant_id bigint, number bigint, PRIMARY KEY (tenant_id, number));
CREATE TABLE order_lines (
    id bigint PRIMARY KEY,
    tenant_id bigint NOT NULL,
    product_id bigint NOT NULL,
    customer_id bigint NOT NULL,
    FOREIGN KEY (tenant_id, product_id) REFERENCES products,
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id)
);
-- In another order, and with more behind it.
CREATE INDEX order_lines_product_idx ON order_lines (product_id, tenant_id, id);
-- The tenant adds nothing to an id that is unique by itself.
CREATE INDEX order_lines_customer_id_idx ON order_lines (customer_id);
CREATE TABLE visits (customer_id bigint NOT NULL REFERENCES customers, day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE visits_2024 PARTITION OF visits FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX visits_customer_id_idx ON visits (customer_id);
