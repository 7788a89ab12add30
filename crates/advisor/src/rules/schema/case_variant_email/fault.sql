-- expect: column public.users.email
-- expect: column public.invitations.invited_email
CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL UNIQUE);
CREATE TABLE invitations (team_id bigint NOT NULL, invited_email varchar(255) NOT NULL);
CREATE UNIQUE INDEX invitations_idx ON invitations (team_id, invited_email);
