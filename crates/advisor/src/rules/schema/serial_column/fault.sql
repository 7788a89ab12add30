-- expect: schema public
CREATE TABLE users (id bigserial PRIMARY KEY);
