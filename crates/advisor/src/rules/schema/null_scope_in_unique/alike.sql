CREATE TABLE groups (id bigint PRIMARY KEY, parent_id bigint REFERENCES groups, slug text NOT NULL, UNIQUE (parent_id, slug));
CREATE UNIQUE INDEX groups_root_slug_key ON groups (slug) WHERE parent_id IS NULL;
CREATE TABLE tools (id bigint PRIMARY KEY, group_id bigint REFERENCES groups, name text NOT NULL);
CREATE UNIQUE INDEX tools_name_idx ON tools (coalesce(group_id, 0), name);
CREATE UNIQUE INDEX tools_group_id_name_idx ON tools (group_id, name);
-- What is null is not the scope but the name, or the scope is never null.
CREATE TABLE classes (id bigint PRIMARY KEY, group_id bigint NOT NULL REFERENCES groups, code text, UNIQUE (group_id, code));
-- A pair of rows, not a name.
CREATE TABLE links (id bigint PRIMARY KEY, group_id bigint REFERENCES groups, tool_id bigint NOT NULL REFERENCES tools, UNIQUE (group_id, tool_id));
