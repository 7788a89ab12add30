-- expect: index public.groups_parent_id_slug_key
CREATE TABLE groups (
    id bigint PRIMARY KEY,
    parent_id bigint REFERENCES groups,
    slug text NOT NULL,
    UNIQUE (parent_id, slug)
);
