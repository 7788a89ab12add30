CREATE TABLE customers (id bigint PRIMARY KEY, tenant_id bigint NOT NULL, UNIQUE (tenant_id, id));
CREATE TABLE shops (id bigint PRIMARY KEY);
CREATE TABLE orders (
    id bigint PRIMARY KEY,
    tenant_id bigint,
    customer_id bigint REFERENCES customers,
    shop_id bigint REFERENCES shops,
    number text,
    UNIQUE (number),
    UNIQUE (number, tenant_id),
    UNIQUE (tenant_id, number),
    CHECK (tenant_id > 0),
    CHECK (tenant_id > 1),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id)
);
