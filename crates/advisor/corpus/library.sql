-- A lending library, written by hand and with care: nothing is to be found here. What looks like a fault is none.
CREATE EXTENSION citext;
CREATE EXTENSION ltree;
CREATE EXTENSION btree_gist;
CREATE SCHEMA library;
CREATE DOMAIN library.cents AS bigint CHECK (VALUE >= 0);

CREATE FUNCTION library.set_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at = now();
    RETURN NEW;
END
$$;

CREATE TABLE library.members (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email citext NOT NULL,
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
    invited_by uuid REFERENCES library.members ON DELETE SET NULL,
    settings jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(settings) = 'object'),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz
);
CREATE UNIQUE INDEX members_email_key ON library.members (email) WHERE deleted_at IS NULL;
CREATE INDEX members_invited_by_idx ON library.members (invited_by) WHERE invited_by IS NOT NULL;
CREATE TRIGGER members_set_updated_at BEFORE UPDATE ON library.members FOR EACH ROW EXECUTE FUNCTION library.set_updated_at();

CREATE TABLE library.subjects (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parent_id bigint REFERENCES library.subjects ON DELETE RESTRICT,
    slug text NOT NULL,
    path ltree NOT NULL UNIQUE
);
CREATE UNIQUE INDEX subjects_parent_id_slug_key ON library.subjects (parent_id, slug);
CREATE UNIQUE INDEX subjects_root_slug_key ON library.subjects (slug) WHERE parent_id IS NULL;
CREATE INDEX subjects_path_idx ON library.subjects USING gist (path);
CREATE FUNCTION library.place_subject() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT coalesce(parent.path || NEW.slug, NEW.slug::ltree) INTO NEW.path
    FROM (SELECT NEW.parent_id AS id) AS wanted
    LEFT JOIN library.subjects AS parent USING (id);
    IF TG_OP = 'UPDATE' AND NEW.path <@ OLD.path AND NEW.path <> OLD.path THEN
        RAISE EXCEPTION 'a subject would be below itself';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER subjects_place BEFORE INSERT OR UPDATE OF parent_id, slug ON library.subjects FOR EACH ROW EXECUTE FUNCTION library.place_subject();

CREATE TABLE library.books (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    isbn text UNIQUE CHECK (isbn ~ '^[0-9]{13}$'),
    title text NOT NULL,
    language char(2) NOT NULL CHECK (language ~ '^[a-z]{2}$'),
    subject ltree NOT NULL,
    price library.cents,
    tags text[] NOT NULL DEFAULT '{}',
    words tsvector GENERATED ALWAYS AS (to_tsvector('simple', title)) STORED
);
CREATE INDEX books_title_idx ON library.books (lower(title));
CREATE INDEX books_title_prefix_idx ON library.books (lower(title) text_pattern_ops);
CREATE INDEX books_tags_idx ON library.books USING gin (tags);
CREATE INDEX books_words_idx ON library.books USING gin (words);

CREATE TABLE library.copies (
    book_id bigint NOT NULL REFERENCES library.books,
    number integer NOT NULL CHECK (number > 0),
    shelf text NOT NULL,
    PRIMARY KEY (book_id, number)
);
CREATE TABLE library.loans (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    book_id bigint NOT NULL,
    copy_number integer NOT NULL,
    member_id uuid NOT NULL REFERENCES library.members ON DELETE RESTRICT,
    state text NOT NULL DEFAULT 'lent' CHECK (state IN ('lent', 'completed')),
    during tstzrange NOT NULL,
    completed_at timestamptz,
    fee_cents integer NOT NULL DEFAULT 0 CHECK (fee_cents >= 0),
    FOREIGN KEY (book_id, copy_number) REFERENCES library.copies (book_id, number),
    EXCLUDE USING gist (book_id WITH =, copy_number WITH =, during WITH &&),
    CONSTRAINT loans_completed_check CHECK ((state = 'completed') = (completed_at IS NOT NULL))
);
CREATE INDEX loans_copy_idx ON library.loans (copy_number, book_id);
CREATE INDEX loans_member_id_idx ON library.loans (member_id);
CREATE INDEX loans_open_idx ON library.loans (member_id, id) WHERE state = 'lent';

CREATE TABLE library.sessions (
    token_hash bytea PRIMARY KEY,
    member_id uuid NOT NULL REFERENCES library.members ON DELETE CASCADE,
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_member_id_idx ON library.sessions (member_id);
CREATE INDEX sessions_expires_at_idx ON library.sessions (expires_at);

CREATE TABLE library.covers (
    id uuid PRIMARY KEY,
    book_id bigint NOT NULL REFERENCES library.books ON DELETE CASCADE,
    storage_key text NOT NULL UNIQUE,
    size_bytes bigint NOT NULL CHECK (size_bytes > 0)
);
CREATE INDEX covers_book_id_idx ON library.covers (book_id);
CREATE TABLE library.deleted_blobs (storage_key text PRIMARY KEY, deleted_at timestamptz NOT NULL DEFAULT now());
CREATE FUNCTION library.note_blob() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO library.deleted_blobs (storage_key) VALUES (OLD.storage_key);
    RETURN NULL;
END
$$;
CREATE TRIGGER covers_note_blob AFTER DELETE ON library.covers FOR EACH ROW EXECUTE FUNCTION library.note_blob();

CREATE TABLE library.audit_log (
    id bigint GENERATED ALWAYS AS IDENTITY,
    member_id uuid,
    type text NOT NULL,
    subject_type text,
    subject_id bigint,
    at timestamptz NOT NULL DEFAULT now(),
    details jsonb,
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE TABLE library.audit_log_2024 PARTITION OF library.audit_log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX audit_log_at_idx ON library.audit_log USING brin (at);
