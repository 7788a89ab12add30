-- expect: index public.articles_tags_idx
-- expect: index public.articles_settings_idx
CREATE TABLE articles (
    id bigint PRIMARY KEY,
    tags text[] NOT NULL DEFAULT '{}',
    settings jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX articles_tags_idx ON articles (tags);
CREATE INDEX articles_settings_idx ON articles (settings);
