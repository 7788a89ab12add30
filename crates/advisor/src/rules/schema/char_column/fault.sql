-- expect: schema public
CREATE TABLE addresses (id bigint PRIMARY KEY, postcode char(10));
