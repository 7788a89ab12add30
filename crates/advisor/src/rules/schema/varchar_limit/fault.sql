-- expect: schema public
CREATE TABLE users (id bigint PRIMARY KEY, name varchar(255) NOT NULL);
