DROP TRIGGER classes_check_group ON classes;
DROP TABLE class_members;
DROP FUNCTION check_class_group();
DROP FUNCTION check_class_members();
DROP FUNCTION is_teacher_of_tree(uuid, uuid);
