//! What stands above, below and beside a group, and how much.

use homeroom::testing::TestDatabase;
use homeroom::{
    Class, ClassMember, ClassRole, Connection, Error, Group, GroupId, GroupMember, GroupRole,
    GroupType, NewClass, PageRequest, SubtreeCounts, User,
};

use crate::{group, user};

use GroupType::{Department, District, School};

fn paths(groups: &[Group]) -> Vec<String> {
    groups.iter().map(|group| group.path.to_string()).collect()
}

async fn descendants(
    conn: &Connection,
    id: GroupId,
    depth: Option<u16>,
    limit: u32,
) -> Vec<String> {
    let mut request = PageRequest::first(limit);
    let mut read = Vec::new();
    loop {
        let page = Group::list_descendants(conn, id, depth, &request).await.unwrap();
        read.extend(paths(&page.items));
        let Some(next) = page.next else { return read };
        request = PageRequest::after(next, limit);
    }
}

#[tokio::test]
async fn siblings_are_the_live_groups_of_the_same_parent_and_roots_are_siblings() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let district = group(&conn, District, None, "D").await.id;
    for name in ["C", "B", "E"] {
        group(&conn, District, None, name).await;
    }
    let mut schools = Vec::new();
    for name in ["S3", "S1", "S2", "S4"] {
        schools.push(group(&conn, School, district, name).await.id);
    }
    group(&conn, Department, schools[0], "Maths").await;
    Group::archive(&conn, schools[3]).await.unwrap();

    let page = Group::siblings(&conn, schools[0], &PageRequest::first(1)).await.unwrap();
    assert_eq!(paths(&page.items), ["d.s1"]);
    let next = PageRequest::after(page.next.unwrap(), 1);
    let rest = Group::siblings(&conn, schools[0], &next).await.unwrap();
    assert_eq!((paths(&rest.items), rest.next), (vec!["d.s2".to_owned()], None));

    let all = PageRequest::default();
    assert_eq!(
        paths(&Group::siblings(&conn, district, &all).await.unwrap().items),
        ["b", "c", "e"]
    );
    assert!(Group::siblings(&conn, schools[3], &all).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn descendants_are_read_to_a_depth_and_in_pages_by_path() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    // Neighbours whose paths begin with the same letters, in the order of bytes just before and behind.
    for name in ["a", "a0", "a1", "ab", "az", "b"] {
        let district = group(&conn, District, None, name).await.id;
        let school = group(&conn, School, district, "s").await.id;
        group(&conn, School, district, "s-0").await;
        group(&conn, Department, school, "z").await;
    }
    let district = Group::find_by_path(&conn, &"a".parse().unwrap()).await.unwrap().unwrap().id;
    let school = Group::find_by_path(&conn, &"a.s".parse().unwrap()).await.unwrap().unwrap().id;
    for limit in [1, 2, 3, 100] {
        assert_eq!(descendants(&conn, district, None, limit).await, ["a", "a.s", "a.s.z", "a.s_0"]);
        assert_eq!(descendants(&conn, district, Some(1), limit).await, ["a", "a.s", "a.s_0"]);
        assert_eq!(descendants(&conn, district, Some(0), limit).await, ["a"]);
        assert_eq!(descendants(&conn, school, None, limit).await, ["a.s", "a.s.z"]);
    }
    assert_eq!(paths(&Group::descendants(&conn, district).await.unwrap()).len(), 4);

    Group::archive(&conn, school).await.unwrap();
    assert_eq!(descendants(&conn, district, None, 2).await, ["a", "a.s_0"]);
    assert!(descendants(&conn, school, None, 2).await.is_empty());
    Group::restore(&conn, school).await.unwrap();
    assert_eq!(descendants(&conn, district, None, 2).await.len(), 4);

    // A cursor of a place outside leads to nothing outside.
    let root =
        Group::list_descendants(&conn, district, None, &PageRequest::first(1)).await.unwrap();
    let outside = PageRequest::after(root.next.unwrap(), 10);
    let other = Group::find_by_path(&conn, &"ab".parse().unwrap()).await.unwrap().unwrap().id;
    let read = Group::list_descendants(&conn, other, None, &outside).await.unwrap();
    assert_eq!(paths(&read.items), ["ab", "ab.s", "ab.s.z", "ab.s_0"]);
}

#[tokio::test]
async fn a_subtree_is_counted_live_and_each_person_once() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let district = group(&conn, District, None, "D").await.id;
    let school = group(&conn, School, district, "S").await.id;
    let maths = group(&conn, Department, school, "Maths").await.id;
    let old = group(&conn, School, district, "Old").await.id;
    group(&conn, District, None, "E").await;
    let algebra = Class::create(&conn, &NewClass::new(maths, "Algebra")).await.unwrap().id;
    let latin = Class::create(&conn, &NewClass::new(school, "Latin")).await.unwrap().id;

    let both = user(&conn, "In a group and a class").await.id;
    GroupMember::set_role(&conn, school, both, GroupRole::Student).await.unwrap();
    GroupMember::set_role(&conn, maths, both, GroupRole::Student).await.unwrap();
    ClassMember::enrol(&conn, algebra, both, ClassRole::Student).await.unwrap();
    let head = user(&conn, "Head").await.id;
    GroupMember::set_role(&conn, district, head, GroupRole::GroupAdmin).await.unwrap();
    let removed = user(&conn, "Removed").await.id;
    ClassMember::enrol(&conn, algebra, removed, ClassRole::Student).await.unwrap();
    let guest = user(&conn, "Only in a removed class").await.id;
    ClassMember::enrol(&conn, latin, guest, ClassRole::Student).await.unwrap();
    let gone = user(&conn, "Only in an archived school").await.id;
    GroupMember::set_role(&conn, old, gone, GroupRole::Student).await.unwrap();
    User::soft_delete(&conn, removed).await.unwrap();
    Class::soft_delete(&conn, latin).await.unwrap();
    Group::archive(&conn, old).await.unwrap();

    let counts = |districts, schools, departments, classes, people| SubtreeCounts {
        districts,
        schools,
        departments,
        classes,
        people,
    };
    assert_eq!(Group::count_subtree(&conn, district).await.unwrap(), counts(1, 1, 1, 1, 2));
    assert_eq!(Group::count_subtree(&conn, maths).await.unwrap(), counts(0, 0, 1, 1, 1));
    let error = Group::count_subtree(&conn, old).await.unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error:?}");
    Group::restore(&conn, old).await.unwrap();
    assert_eq!(Group::count_subtree(&conn, district).await.unwrap(), counts(1, 2, 1, 1, 3));
}
