CREATE TABLE teams (id bigint PRIMARY KEY);
CREATE TABLE users (id bigint PRIMARY KEY, team_id bigint NOT NULL REFERENCES teams);
CREATE TABLE posts (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users, team_id bigint NOT NULL REFERENCES teams);
CREATE TABLE comments (id bigint PRIMARY KEY, post_id bigint NOT NULL REFERENCES posts, user_id bigint NOT NULL REFERENCES users);
-- It outlives what it tells of.
CREATE TABLE audit_log (id bigint PRIMARY KEY, user_id bigint NOT NULL);
-- Of another system, by its type.
CREATE TABLE imports (id bigint PRIMARY KEY, team_id text NOT NULL, trace_id bigint);
