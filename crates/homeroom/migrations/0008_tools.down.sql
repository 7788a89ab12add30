DROP TABLE tools;
DROP FUNCTION check_tool_group();
DROP FUNCTION semver_precedence(text);
