-- expect: schema public
-- expect: schema tools
GRANT CREATE ON SCHEMA public TO PUBLIC;
CREATE SCHEMA tools;
GRANT ALL ON SCHEMA tools TO PUBLIC;
