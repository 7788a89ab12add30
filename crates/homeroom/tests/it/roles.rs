//! What a person is at a group or a class.

use homeroom::testing::TestDatabase;
use homeroom::{
    Class, ClassId, ClassMember, ClassRole, Connection, EffectiveRole, Group, GroupId, GroupMember,
    GroupRole, GroupType, NewClass, RoleSource, User, UserChanges, UserId, UserStatus,
};

use crate::{group, user};

/// A district, a school in it, a department and a class in that, and another district.
struct Tree {
    district: GroupId,
    school: GroupId,
    department: GroupId,
    class: ClassId,
    elsewhere: GroupId,
}

impl Tree {
    async fn create(conn: &Connection) -> Self {
        let district = group(conn, GroupType::District, None, "D").await.id;
        let school = group(conn, GroupType::School, district, "S").await.id;
        let department = group(conn, GroupType::Department, school, "M").await.id;
        let class = Class::create(conn, &NewClass::new(department, "7b")).await.unwrap().id;
        let elsewhere = group(conn, GroupType::District, None, "E").await.id;
        Self { district, school, department, class, elsewhere }
    }
}

async fn at_group(
    conn: &Connection,
    user_id: UserId,
    group_id: GroupId,
) -> Option<(GroupRole, GroupId)> {
    let found = EffectiveRole::find_at_group(conn, user_id, group_id).await.unwrap()?;
    match found.source {
        RoleSource::Group(source) => Some((found.role, source)),
        RoleSource::Class(class) => panic!("{class} grants a role at a group"),
    }
}

async fn at_class(
    conn: &Connection,
    user_id: UserId,
    class_id: ClassId,
) -> Option<(GroupRole, RoleSource)> {
    let found = EffectiveRole::find_at_class(conn, user_id, class_id).await.unwrap()?;
    Some((found.role, found.source))
}

#[tokio::test]
async fn an_admin_reaches_all_groups_and_classes_below_and_nothing_above_or_beside() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let tree = Tree::create(&conn).await;
    let admin = user(&conn, "A").await.id;
    GroupMember::set_role(&conn, tree.school, admin, GroupRole::GroupAdmin).await.unwrap();
    let granted = Some((GroupRole::GroupAdmin, tree.school));
    assert_eq!(at_group(&conn, admin, tree.school).await, granted);
    assert_eq!(at_group(&conn, admin, tree.department).await, granted);
    assert_eq!(
        at_class(&conn, admin, tree.class).await,
        Some((GroupRole::GroupAdmin, RoleSource::Group(tree.school)))
    );
    assert_eq!(at_group(&conn, admin, tree.district).await, None);
    assert_eq!(at_group(&conn, admin, tree.elsewhere).await, None);
    // A slug that begins like another is another path.
    let similar = group(&conn, GroupType::School, tree.district, "S 2").await.id;
    assert_eq!(at_group(&conn, admin, similar).await, None);
}

#[tokio::test]
async fn teachers_and_students_have_a_role_at_their_own_group_alone() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let tree = Tree::create(&conn).await;
    for role in [GroupRole::Teacher, GroupRole::Student] {
        let person = user(&conn, "A").await.id;
        GroupMember::set_role(&conn, tree.school, person, role).await.unwrap();
        assert_eq!(at_group(&conn, person, tree.school).await, Some((role, tree.school)));
        assert_eq!(at_group(&conn, person, tree.department).await, None);
        assert_eq!(at_group(&conn, person, tree.district).await, None);
        assert_eq!(at_class(&conn, person, tree.class).await, None);

        GroupMember::set_role(&conn, tree.department, person, role).await.unwrap();
        assert_eq!(at_class(&conn, person, tree.class).await, None, "of the group, not the class");
    }
}

#[tokio::test]
async fn a_member_of_a_class_has_a_role_there_alone() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let tree = Tree::create(&conn).await;
    let next_door = Class::create(&conn, &NewClass::new(tree.department, "7c")).await.unwrap().id;
    let student = user(&conn, "S").await.id;
    ClassMember::enrol(&conn, tree.class, student, ClassRole::Student).await.unwrap();
    let teacher = user(&conn, "T").await.id;
    GroupMember::set_role(&conn, tree.school, teacher, GroupRole::Teacher).await.unwrap();
    ClassMember::enrol(&conn, tree.class, teacher, ClassRole::Teacher).await.unwrap();
    for (person, role) in [(student, GroupRole::Student), (teacher, GroupRole::Teacher)] {
        assert_eq!(
            at_class(&conn, person, tree.class).await,
            Some((role, RoleSource::Class(tree.class)))
        );
        assert_eq!(at_class(&conn, person, next_door).await, None);
        assert_eq!(at_group(&conn, person, tree.department).await, None);
    }
}

#[tokio::test]
async fn a_system_admin_of_any_group_is_one_everywhere() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let tree = Tree::create(&conn).await;
    let admin = user(&conn, "A").await.id;
    GroupMember::set_role(&conn, tree.elsewhere, admin, GroupRole::SystemAdmin).await.unwrap();
    for place in [tree.district, tree.department, tree.elsewhere] {
        assert_eq!(
            at_group(&conn, admin, place).await,
            Some((GroupRole::SystemAdmin, tree.elsewhere))
        );
    }
    assert_eq!(
        at_class(&conn, admin, tree.class).await,
        Some((GroupRole::SystemAdmin, RoleSource::Group(tree.elsewhere)))
    );
}

#[tokio::test]
async fn the_strongest_role_counts_and_of_the_same_the_nearest() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let tree = Tree::create(&conn).await;
    let person = user(&conn, "A").await.id;
    // Each step adds a membership, and says what is in force at the department and the class then.
    let class = RoleSource::Class(tree.class);
    GroupMember::set_role(&conn, tree.department, person, GroupRole::Student).await.unwrap();
    ClassMember::enrol(&conn, tree.class, person, ClassRole::Student).await.unwrap();
    assert_eq!(
        at_group(&conn, person, tree.department).await,
        Some((GroupRole::Student, tree.department))
    );
    assert_eq!(at_class(&conn, person, tree.class).await, Some((GroupRole::Student, class)));

    GroupMember::set_role(&conn, tree.department, person, GroupRole::Teacher).await.unwrap();
    ClassMember::enrol(&conn, tree.class, person, ClassRole::Teacher).await.unwrap();
    assert_eq!(
        at_group(&conn, person, tree.department).await,
        Some((GroupRole::Teacher, tree.department))
    );
    assert_eq!(at_class(&conn, person, tree.class).await, Some((GroupRole::Teacher, class)));

    let steps = [
        (tree.district, GroupRole::GroupAdmin, tree.district),
        (tree.school, GroupRole::GroupAdmin, tree.school),
        (tree.elsewhere, GroupRole::SystemAdmin, tree.elsewhere),
        (tree.district, GroupRole::SystemAdmin, tree.district),
    ];
    for (place, role, source) in steps {
        GroupMember::set_role(&conn, place, person, role).await.unwrap();
        assert_eq!(at_group(&conn, person, tree.department).await, Some((role, source)));
        assert_eq!(
            at_class(&conn, person, tree.class).await,
            Some((role, RoleSource::Group(source)))
        );
    }
}

#[tokio::test]
async fn a_person_who_is_suspended_pending_or_deleted_has_no_role() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let tree = Tree::create(&conn).await;
    for role in GroupRole::ALL {
        let person = user(&conn, "A").await.id;
        GroupMember::set_role(&conn, tree.department, person, *role).await.unwrap();
        ClassMember::enrol(&conn, tree.class, person, ClassRole::Student).await.unwrap();
        let has_a_role = async || {
            let here = at_group(&conn, person, tree.department).await.is_some();
            assert_eq!(at_class(&conn, person, tree.class).await.is_some(), here);
            here
        };
        for status in [UserStatus::Suspended, UserStatus::PendingVerification, UserStatus::Active] {
            let changes = UserChanges { status: Some(status), ..Default::default() };
            User::update(&conn, person, &changes).await.unwrap();
            assert_eq!(has_a_role().await, status == UserStatus::Active, "{role} {status}");
        }
        User::soft_delete(&conn, person).await.unwrap();
        assert!(!has_a_role().await, "{role}");
        User::restore(&conn, person).await.unwrap();
        assert!(has_a_role().await, "{role}");
    }
    let nobody = UserId::generate();
    assert_eq!(at_group(&conn, nobody, tree.department).await, None);
    assert_eq!(at_class(&conn, nobody, tree.class).await, None);
}

#[tokio::test]
async fn what_is_deleted_grants_nothing_and_nobody_has_a_role_there() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let tree = Tree::create(&conn).await;
    let above = user(&conn, "Above").await.id;
    GroupMember::set_role(&conn, tree.district, above, GroupRole::GroupAdmin).await.unwrap();
    let here = user(&conn, "Here").await.id;
    GroupMember::set_role(&conn, tree.department, here, GroupRole::GroupAdmin).await.unwrap();
    let attending = user(&conn, "Attending").await.id;
    ClassMember::enrol(&conn, tree.class, attending, ClassRole::Student).await.unwrap();
    let system = user(&conn, "System").await.id;
    GroupMember::set_role(&conn, tree.department, system, GroupRole::SystemAdmin).await.unwrap();
    let root = user(&conn, "Root").await.id;
    GroupMember::set_role(&conn, tree.elsewhere, root, GroupRole::SystemAdmin).await.unwrap();

    // The class, then the group, the group above and the district: what is archived takes along what stands below it.
    Class::soft_delete(&conn, tree.class).await.unwrap();
    for person in [above, here, attending, system, root] {
        assert_eq!(at_class(&conn, person, tree.class).await, None);
    }
    Class::restore(&conn, tree.class).await.unwrap();
    for archived in [tree.department, tree.school, tree.district] {
        Group::archive(&conn, archived).await.unwrap();
        for person in [above, here, attending, system, root] {
            assert_eq!(at_group(&conn, person, tree.department).await, None);
            assert_eq!(at_class(&conn, person, tree.class).await, None);
        }
        assert_eq!(
            at_group(&conn, system, tree.elsewhere).await,
            None,
            "a deleted group makes nobody a system_admin"
        );
        Group::restore(&conn, archived).await.unwrap();
    }
    for person in [above, here, attending, system, root] {
        assert!(at_class(&conn, person, tree.class).await.is_some());
    }
    assert!(at_group(&conn, system, tree.elsewhere).await.is_some());
}
