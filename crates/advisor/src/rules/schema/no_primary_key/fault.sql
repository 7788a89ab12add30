-- expect: table public.measurements
-- expect: table public.tags_of_articles
CREATE TABLE measurements (taken_at timestamptz NOT NULL, value numeric NOT NULL);
CREATE TABLE tags_of_articles (article_id bigint NOT NULL, tag_id bigint NOT NULL);
CREATE UNIQUE INDEX tags_of_articles_idx ON tags_of_articles (article_id, tag_id);
