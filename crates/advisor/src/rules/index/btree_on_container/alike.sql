CREATE TABLE articles (
    id bigint PRIMARY KEY,
    tags text[] NOT NULL DEFAULT '{}',
    settings jsonb NOT NULL DEFAULT '{}',
    words tsvector
);
CREATE INDEX articles_tags_idx ON articles USING gin (tags);
CREATE INDEX articles_settings_idx ON articles USING gin (settings jsonb_path_ops);
CREATE INDEX articles_theme_idx ON articles ((settings ->> 'theme'));
-- It forbids to have the same set twice.
CREATE UNIQUE INDEX articles_tags_key ON articles (tags);
CREATE INDEX articles_words_idx ON articles USING gist (words);
