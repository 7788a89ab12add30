//! Where a person belongs.

use homeroom::testing::TestDatabase;
use homeroom::{Group, GroupMember, GroupRole, GroupType, PageRequest, User};

use crate::{group, user};

#[tokio::test]
async fn a_person_belongs_to_live_groups_with_a_role_in_each() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let person = user(&conn, "Person").await.id;
    let other = user(&conn, "Other").await.id;
    let district = group(&conn, GroupType::District, None, "D").await.id;
    let school = group(&conn, GroupType::School, district, "S").await.id;
    let archived = group(&conn, GroupType::School, district, "Old").await.id;
    for (id, role) in [
        (district, GroupRole::GroupAdmin),
        (school, GroupRole::Teacher),
        (archived, GroupRole::Student),
    ] {
        GroupMember::set_role(&conn, id, person, role).await.unwrap();
    }
    GroupMember::set_role(&conn, school, other, GroupRole::Student).await.unwrap();
    Group::archive(&conn, archived).await.unwrap();

    let first = GroupMember::list_of_user(&conn, person, &PageRequest::first(1)).await.unwrap();
    let next = PageRequest::after(first.next.unwrap(), 1);
    let second = GroupMember::list_of_user(&conn, person, &next).await.unwrap();
    assert!(second.next.is_none());
    let found: Vec<_> = [first.items, second.items]
        .concat()
        .into_iter()
        .map(|(member, group)| (member.role, group.path.to_string()))
        .collect();
    assert_eq!(
        found,
        [(GroupRole::GroupAdmin, "d".to_owned()), (GroupRole::Teacher, "d.s".to_owned())]
    );
    // The district keeps an administrator.
    GroupMember::set_role(&conn, district, other, GroupRole::GroupAdmin).await.unwrap();
    User::soft_delete(&conn, person).await.unwrap();
    let all = PageRequest::default();
    assert!(GroupMember::list_of_user(&conn, person, &all).await.unwrap().items.is_empty());
}
