-- A shop as Rails makes it: bigint keys, varchar without a limit, times in UTC without a zone, classes of polymorphic references.
CREATE TABLE schema_migrations (version character varying NOT NULL PRIMARY KEY);
CREATE TABLE ar_internal_metadata (
    key character varying NOT NULL PRIMARY KEY,
    value character varying,
    created_at timestamp(6) without time zone NOT NULL,
    updated_at timestamp(6) without time zone NOT NULL
);

CREATE TABLE customers (
    id bigserial PRIMARY KEY,
    email character varying DEFAULT ''::character varying NOT NULL,
    encrypted_password character varying DEFAULT ''::character varying NOT NULL,
    reset_password_token character varying,
    first_name character varying,
    last_name character varying,
    orders_count integer DEFAULT 0 NOT NULL,
    preferences jsonb DEFAULT '{}'::jsonb NOT NULL,
    discarded_at timestamp(6) without time zone,
    created_at timestamp(6) without time zone NOT NULL,
    updated_at timestamp(6) without time zone NOT NULL
);
CREATE UNIQUE INDEX index_customers_on_email ON customers USING btree (email);
CREATE UNIQUE INDEX index_customers_on_reset_password_token ON customers USING btree (reset_password_token);

CREATE TABLE addresses (
    id bigserial PRIMARY KEY,
    addressable_type character varying NOT NULL,
    addressable_id bigint NOT NULL,
    street character varying,
    city character varying,
    state character varying,
    zip character varying,
    country_code character varying,
    created_at timestamp(6) without time zone NOT NULL,
    updated_at timestamp(6) without time zone NOT NULL
);
CREATE INDEX index_addresses_on_addressable ON addresses USING btree (addressable_type, addressable_id);

CREATE TABLE categories (
    id bigserial PRIMARY KEY,
    parent_id bigint REFERENCES categories,
    name character varying NOT NULL,
    slug character varying NOT NULL,
    "position" integer,
    created_at timestamp(6) without time zone NOT NULL,
    updated_at timestamp(6) without time zone NOT NULL
);
CREATE INDEX index_categories_on_parent_id ON categories USING btree (parent_id);
CREATE UNIQUE INDEX index_categories_on_parent_id_and_slug ON categories USING btree (parent_id, slug);

CREATE TABLE products (
    id bigserial PRIMARY KEY,
    category_id bigint NOT NULL REFERENCES categories,
    type character varying,
    name character varying NOT NULL,
    sku character varying NOT NULL,
    price double precision NOT NULL,
    weight double precision,
    stock integer DEFAULT 0 NOT NULL,
    tags character varying[] DEFAULT '{}'::character varying[],
    created_at timestamp(6) without time zone NOT NULL,
    updated_at timestamp(6) without time zone NOT NULL
);
CREATE INDEX index_products_on_category_id ON products USING btree (category_id);
CREATE UNIQUE INDEX index_products_on_sku ON products USING btree (sku);
CREATE INDEX index_products_on_tags ON products USING btree (tags);

CREATE TABLE orders (
    id bigserial PRIMARY KEY,
    number character varying NOT NULL,
    customer_id bigint NOT NULL REFERENCES customers,
    status character varying DEFAULT 'pending'::character varying NOT NULL,
    total_cents integer DEFAULT 0 NOT NULL,
    placed_at timestamp(6) without time zone,
    created_at timestamp(6) without time zone NOT NULL,
    updated_at timestamp(6) without time zone NOT NULL
);
CREATE UNIQUE INDEX index_orders_on_number ON orders USING btree (number);
CREATE INDEX index_orders_on_customer_id ON orders USING btree (customer_id);
CREATE INDEX index_orders_on_customer_id_and_placed_at ON orders USING btree (customer_id, placed_at);

CREATE TABLE line_items (
    id bigserial PRIMARY KEY,
    order_id integer NOT NULL REFERENCES orders,
    product_id bigint NOT NULL REFERENCES products,
    quantity integer DEFAULT 1 NOT NULL,
    created_at timestamp(6) without time zone NOT NULL,
    updated_at timestamp(6) without time zone NOT NULL
);
CREATE INDEX index_line_items_on_order_id ON line_items USING btree (order_id);

CREATE TABLE products_promotions (product_id bigint NOT NULL, promotion_id bigint NOT NULL);
CREATE TABLE promotions (
    id bigserial PRIMARY KEY,
    code character varying NOT NULL,
    starts_at timestamp(6) without time zone NOT NULL,
    ends_at timestamp(6) without time zone NOT NULL,
    created_at timestamp(6) without time zone NOT NULL,
    updated_at timestamp(6) without time zone NOT NULL
);
CREATE UNIQUE INDEX index_promotions_on_code ON promotions USING btree (code);
ALTER TABLE products_promotions ADD CONSTRAINT fk_rails_1 FOREIGN KEY (product_id) REFERENCES products;
ALTER TABLE products_promotions ADD CONSTRAINT fk_rails_2 FOREIGN KEY (promotion_id) REFERENCES promotions;
CREATE INDEX index_products_promotions_on_product_id ON products_promotions USING btree (product_id);
CREATE INDEX index_products_promotions_on_promotion_id ON products_promotions USING btree (promotion_id);

CREATE TABLE reviews (
    id bigserial PRIMARY KEY,
    product_id bigint NOT NULL REFERENCES products,
    customer_id bigint NOT NULL,
    rating integer NOT NULL,
    body text,
    created_at timestamp(6) without time zone NOT NULL,
    updated_at timestamp(6) without time zone NOT NULL
);
CREATE INDEX index_reviews_on_product_id ON reviews USING btree (product_id);
CREATE INDEX index_reviews_on_customer_id ON reviews USING btree (customer_id);
ALTER TABLE reviews ADD CONSTRAINT reviews_rating_check CHECK (rating >= 1 AND rating <= 5) NOT VALID;
