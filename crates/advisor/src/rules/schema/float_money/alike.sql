CREATE TABLE invoices (id bigint PRIMARY KEY, amount numeric(12, 2) NOT NULL, weight double precision, relative_cost real);
