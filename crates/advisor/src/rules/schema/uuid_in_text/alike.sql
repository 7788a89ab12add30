CREATE TABLE orders (id uuid PRIMARY KEY, customer_id varchar(40) NOT NULL, reset_token text NOT NULL DEFAULT gen_random_uuid());
