-- expect: column public.invitations.team_id
CREATE TABLE teams (id bigint PRIMARY KEY);
CREATE TABLE users (id bigint PRIMARY KEY, team_id bigint NOT NULL REFERENCES teams);
CREATE TABLE posts (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users, team_id bigint NOT NULL REFERENCES teams);
CREATE TABLE comments (id bigint PRIMARY KEY, post_id bigint NOT NULL REFERENCES posts, user_id bigint NOT NULL REFERENCES users);
CREATE TABLE invitations (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users, team_id bigint NOT NULL);
