DROP TABLE groups;
DROP FUNCTION cascade_group();
DROP FUNCTION place_group();
DROP FUNCTION lock_group_tree();
DROP FUNCTION group_type_fits(text, text);
