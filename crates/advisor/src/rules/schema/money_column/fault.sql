-- expect: column public.invoices.total
CREATE TABLE invoices (id bigint PRIMARY KEY, total money NOT NULL);
