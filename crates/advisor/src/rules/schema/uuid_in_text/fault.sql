-- expect: column public.orders.uuid
-- expect: column public.orders.customer_id
-- expect: column public.orders.ref
CREATE TABLE orders (
    id bigint PRIMARY KEY,
    uuid text NOT NULL,
    customer_id varchar(36) NOT NULL,
    ref text NOT NULL DEFAULT gen_random_uuid()
);
