//! Classes with their people, and people with their classes.

use std::collections::HashSet;

use homeroom::testing::TestDatabase;
use homeroom::{
    Class, ClassId, ClassMember, ClassRole, Connection, Enrolled, Group, GroupMember, GroupRole,
    GroupType, NewClass, PageRequest, ScheduledClass, User, UserId,
};
use tokio::task::JoinSet;

use crate::{group, refused_by, user};

use ClassRole::{Student, Teacher};

async fn class(conn: &Connection) -> Class {
    let district =
        group(conn, GroupType::District, None, &format!("D {}", UserId::generate())).await;
    let school = group(conn, GroupType::School, district.id, "S").await;
    Class::create(conn, &NewClass::new(school.id, "Algebra")).await.unwrap()
}

async fn teacher(conn: &Connection, class: &Class, name: &str) -> UserId {
    let id = user(conn, name).await.id;
    GroupMember::set_role(conn, class.group_id, id, GroupRole::Teacher).await.unwrap();
    id
}

async fn roster(conn: &Connection, class: ClassId, limit: u32) -> Vec<String> {
    let mut request = PageRequest::first(limit);
    let mut lines = Vec::new();
    loop {
        let page = Class::roster(conn, class, &request).await.unwrap();
        lines.extend(
            page.items.iter().map(|(member, user)| format!("{} {}", member.role, user.name)),
        );
        let Some(next) = page.next else { return lines };
        request = PageRequest::after(next, limit);
    }
}

#[tokio::test]
async fn a_roster_has_the_teachers_first_and_each_by_name_in_stable_pages() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let class = class(&conn).await;
    let mut people = Vec::new();
    for name in ["Zoe", "Ana", "Ana", "Ben"] {
        people.push((user(&conn, name).await.id, Student));
    }
    for name in ["Young", "Abel"] {
        people.push((teacher(&conn, &class, name).await, Teacher));
    }
    ClassMember::enrol_all(&conn, class.id, &people).await.unwrap();
    let expected = [
        "teacher Abel",
        "teacher Young",
        "student Ana",
        "student Ana",
        "student Ben",
        "student Zoe",
    ];
    for limit in [1, 3, 4, 50] {
        assert_eq!(roster(&conn, class.id, limit).await, expected, "pages of {limit}");
    }
    User::soft_delete(&conn, people[0].0).await.unwrap();
    assert_eq!(roster(&conn, class.id, 50).await, expected[..5]);
    Class::soft_delete(&conn, class.id).await.unwrap();
    assert!(roster(&conn, class.id, 50).await.is_empty());
}

#[tokio::test]
async fn many_are_enrolled_at_once_and_it_is_told_what_that_has_changed() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let class = class(&conn).await;
    let one = teacher(&conn, &class, "One").await;
    let two = user(&conn, "Two").await.id;
    let three = user(&conn, "Three").await.id;
    let enrol = async |people: &[(UserId, ClassRole)]| {
        let Enrolled { added, changed, unchanged } =
            ClassMember::enrol_all(&conn, class.id, people).await.unwrap();
        (added, changed, unchanged)
    };
    assert_eq!(enrol(&[(one, Student), (two, Student)]).await, (2, 0, 0));
    assert_eq!(enrol(&[(one, Teacher), (two, Student), (three, Student)]).await, (1, 1, 1));
    assert_eq!(enrol(&[(one, Student), (one, Teacher)]).await, (0, 0, 1), "the last role counts");
    assert_eq!(enrol(&[]).await, (0, 0, 0));
    assert_eq!(ClassMember::get(&conn, class.id, one).await.unwrap().role, Teacher);

    let outside = user(&conn, "Outside").await.id;
    let people = [(user(&conn, "Four").await.id, Student), (outside, Teacher)];
    let refused = ClassMember::enrol_all(&conn, class.id, &people).await;
    assert_eq!(refused_by(refused), "class_members_teacher_tree_check");
    let missing = ClassMember::enrol_all(&conn, ClassId::generate(), &people[..1]).await;
    assert_eq!(refused_by(missing), "class_members_class_id_fkey");
    assert_eq!(roster(&conn, class.id, 50).await.len(), 3, "all or none");

    let removed = ClassMember::remove_all(&conn, class.id, &[two, three, outside]).await.unwrap();
    assert_eq!(removed, 2);
    assert_eq!(roster(&conn, class.id, 50).await, ["teacher One"]);
    Class::soft_delete(&conn, class.id).await.unwrap();
    let refused = ClassMember::enrol_all(&conn, class.id, &[(two, Student)]).await;
    assert_eq!(refused_by(refused), "class_members_class_deleted_check");
}

#[tokio::test]
async fn a_schedule_has_a_persons_live_classes_with_what_the_roster_told() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let district = group(&conn, GroupType::District, None, "D").await;
    let school = group(&conn, GroupType::School, district.id, "Miller Junior High").await;
    let told = serde_json::json!({ "roster": {
        "course": { "title": "Mathematics 8" }, "periods": ["2", "4"],
        "terms": [{ "title": "Fall 2025", "begin": "2025-09-03", "end": "2026-01-30" }],
    } });
    // Whatever somebody has written there, a schedule stays readable.
    let odd =
        serde_json::json!({ "roster": { "course": 7, "periods": "2", "terms": [1, {}, null] } });
    let person = user(&conn, "A").await.id;
    for (name, settings) in [("Algebra", told), ("Choir", odd), ("Latin", serde_json::json!({}))] {
        let mut new = NewClass::new(school.id, name);
        new.settings = serde_json::from_value(settings).unwrap();
        Class::create(&conn, &new).await.unwrap();
        ClassMember::enrol(&conn, new.id, person, Student).await.unwrap();
    }
    let first = ClassMember::schedule(&conn, person, &PageRequest::first(2)).await.unwrap();
    let rest = PageRequest::after(first.next.unwrap(), 2);
    let rest = ClassMember::schedule(&conn, person, &rest).await.unwrap().items;
    let names: Vec<_> = first.items.iter().chain(&rest).map(|class| class.name.as_str()).collect();
    assert_eq!(names, ["Algebra", "Choir", "Latin"]);
    let ScheduledClass { role, group_name, group_path, course, terms, periods, .. } =
        &first.items[0];
    assert_eq!((*role, group_name.as_str()), (Student, "Miller Junior High"));
    assert_eq!(group_path.to_string(), "d.miller_junior_high");
    assert_eq!(course.as_deref(), Some("Mathematics 8"));
    assert_eq!(periods, &["2", "4"]);
    let term = &terms[0];
    assert_eq!((terms.len(), term.title.as_str()), (1, "Fall 2025"));
    assert_eq!(term.end.unwrap().to_string(), "2026-01-30");
    assert!(first.items[1].terms.is_empty() && first.items[1].periods.is_empty());

    Class::soft_delete(&conn, rest[0].class_id).await.unwrap();
    let all = PageRequest::default();
    assert_eq!(ClassMember::schedule(&conn, person, &all).await.unwrap().items.len(), 2);
    Group::archive(&conn, school.id).await.unwrap();
    assert!(ClassMember::schedule(&conn, person, &all).await.unwrap().items.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn enrolling_and_removing_many_at_once_neither_deadlocks_nor_loses_anybody() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let class = class(&conn).await.id;
    let mut people = Vec::new();
    for n in 0..40 {
        people.push(user(&conn, &n.to_string()).await.id);
    }
    let mut tasks = JoinSet::new();
    for writer in 0..8 {
        let (db, mut people) = (db.database().clone(), people.clone());
        tasks.spawn(async move {
            let conn = db.conn().await.unwrap();
            let mut balance = 0;
            for round in 0..25 {
                people.rotate_left(writer + round);
                let some: Vec<_> = people[..30].iter().map(|id| (*id, Student)).collect();
                balance += ClassMember::enrol_all(&conn, class, &some).await.unwrap().added as i64;
                let removed = ClassMember::remove_all(&conn, class, &people[10..]).await.unwrap();
                balance -= removed as i64;
            }
            balance
        });
    }
    let balance: i64 = tasks.join_all().await.into_iter().sum();
    let left = Class::roster(&conn, class, &PageRequest::default()).await.unwrap().items;
    let left: HashSet<UserId> = left.iter().map(|(member, _)| member.user_id).collect();
    assert_eq!(
        i64::try_from(left.len()).unwrap(),
        balance,
        "what was told adds up to what is there"
    );
}
