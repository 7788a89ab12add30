CREATE DOMAIN object AS jsonb CHECK (jsonb_typeof(VALUE) = 'object');
CREATE TABLE users (
    id bigint PRIMARY KEY,
    settings jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(settings) = 'object'),
    profile object NOT NULL DEFAULT '{}',
    -- A list, and whatever another system sent.
    tags jsonb NOT NULL DEFAULT '[]',
    payload jsonb
);
