//! The tree with its counts.

use homeroom::testing::TestDatabase;
use homeroom::{
    Class, ClassMember, ClassRole, Group, GroupMember, GroupOverview, GroupRole, GroupType,
    NewClass, User,
};

use crate::{group, user};

fn lines(overview: &[GroupOverview]) -> String {
    let line = |one: &GroupOverview| {
        format!("{} {} {}/{}/{}", one.path, one.kind, one.classes, one.teachers, one.students)
    };
    overview.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_group_counts_what_is_live_in_it_and_below_it_and_each_person_once() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let district = group(&conn, GroupType::District, None, "D").await.id;
    let school = group(&conn, GroupType::School, district, "S").await.id;
    let maths = group(&conn, GroupType::Department, school, "Maths").await.id;
    let archived = group(&conn, GroupType::School, district, "Old").await.id;
    group(&conn, GroupType::District, None, "E").await;

    let algebra = Class::create(&conn, &NewClass::new(maths, "Algebra")).await.unwrap().id;
    let choir = Class::create(&conn, &NewClass::new(school, "Choir")).await.unwrap().id;
    let removed = Class::create(&conn, &NewClass::new(school, "Latin")).await.unwrap().id;

    let teacher = user(&conn, "Teacher").await.id;
    GroupMember::set_role(&conn, maths, teacher, GroupRole::Teacher).await.unwrap();
    GroupMember::set_role(&conn, archived, teacher, GroupRole::Teacher).await.unwrap();
    let head = user(&conn, "Head").await.id;
    GroupMember::set_role(&conn, school, head, GroupRole::GroupAdmin).await.unwrap();
    for class in [algebra, choir] {
        ClassMember::enrol(&conn, class, teacher, ClassRole::Teacher).await.unwrap();
    }
    for name in ["in both", "in one", "removed"] {
        let student = user(&conn, name).await.id;
        GroupMember::set_role(&conn, school, student, GroupRole::Student).await.unwrap();
        ClassMember::enrol(&conn, choir, student, ClassRole::Student).await.unwrap();
        if name == "in both" {
            ClassMember::enrol(&conn, algebra, student, ClassRole::Student).await.unwrap();
        }
        if name == "removed" {
            User::soft_delete(&conn, student).await.unwrap();
        }
    }
    let guest = user(&conn, "only in a removed class").await.id;
    ClassMember::enrol(&conn, removed, guest, ClassRole::Student).await.unwrap();
    Class::soft_delete(&conn, removed).await.unwrap();
    Group::archive(&conn, archived).await.unwrap();

    // classes/teachers/students
    insta::assert_snapshot!(lines(&GroupOverview::of_tree(&conn, None).await.unwrap()), @"
    d district 2/1/2
    d.s school 2/1/2
    d.s.maths department 1/1/1
    e district 0/0/0
    ");
    let below = GroupOverview::of_tree(&conn, Some(school)).await.unwrap();
    insta::assert_snapshot!(lines(&below), @"
    d.s school 2/1/2
    d.s.maths department 1/1/1
    ");
    assert_eq!(below[0].parent_id, Some(district));
    assert!(GroupOverview::of_tree(&conn, Some(archived)).await.unwrap().is_empty());
}
