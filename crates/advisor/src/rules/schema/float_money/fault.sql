-- expect: column public.invoices.amount
-- expect: column public.invoices.unit_price
CREATE TABLE invoices (id bigint PRIMARY KEY, amount double precision NOT NULL, unit_price real);
