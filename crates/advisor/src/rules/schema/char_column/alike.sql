CREATE TABLE addresses (
    id bigint PRIMARY KEY,
    sign char NOT NULL,
    country char(2) NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    kind "char"
);
