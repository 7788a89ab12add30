DROP TABLE group_members;
DROP FUNCTION require_live_groups();
