//! A roster that is imported again, as it was and changed.

use homeroom::testing::TestDatabase;
use homeroom::{GroupMember, GroupRole, User, UserStatus};
use insta::assert_snapshot;

use super::made::Made;
use super::rules::skipped;
use super::{fingerprint, import, texts};
use crate::sql;

const UPDATED: &str = "SELECT 'user ' || external_id || ' ' || updated_at AS content FROM users JOIN external_ids ON user_id = users.id
    UNION ALL SELECT 'group ' || external_id || ' ' || updated_at FROM groups JOIN external_ids ON group_id = groups.id
    UNION ALL SELECT 'class ' || external_id || ' ' || updated_at FROM classes JOIN external_ids ON class_id = classes.id
    UNION ALL SELECT 'member ' || user_id || ' ' || updated_at FROM group_members ORDER BY 1";

#[tokio::test]
async fn a_second_import_changes_nothing_and_says_so() {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    for made in [Made::v1_1(), Made::v1_2()] {
        import(&mut conn, made.path()).await.unwrap();
        let before = fingerprint(&conn).await;
        let report = import(&mut conn, made.path()).await.unwrap();
        assert!(report.is_unchanged(), "{report:?}");
        assert_eq!(report.groups.unchanged, 3);
        assert_eq!(fingerprint(&conn).await, before);
        sql(&conn, "DELETE FROM groups; DELETE FROM users").await.unwrap();
    }
}

#[tokio::test]
async fn a_changed_row_updates_just_what_changed() {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    import(&mut conn, Made::v1_1().path()).await.unwrap();
    let before = texts(&conn, UPDATED).await;
    sql(&conn, "UPDATE classes SET settings = settings || '{\"language\": \"es\"}'").await.unwrap();
    let changed = Made::v1_1()
        .replace("orgs.csv", "Lincoln High School", "Abraham Lincoln High School")
        .replace("users.csv", "An,Nguyễn", "Anna,Nguyễn")
        .replace("users.csv", "u1,,,true", "u1,,,false")
        .replace("users.csv", "s1,teacher", "s1,administrator")
        .replace("classes.csv", "Algebra,\"07,08\"", "Algebra I,07")
        .replace("enrollments.csv", "u2,student", "u2,teacher");
    let report = import(&mut conn, changed.path()).await.unwrap();
    assert_eq!((report.groups.changed, report.groups.unchanged), (1, 2));
    assert_eq!((report.users.changed, report.users.unchanged), (2, 2));
    assert_eq!((report.classes.changed, report.classes.unchanged), (1, 1));
    assert_eq!((report.memberships.changed, report.memberships.unchanged), (1, 4));
    assert_eq!((report.enrolments.changed, report.enrolments.unchanged), (1, 1));
    let after = texts(&conn, UPDATED).await;
    let moved: Vec<&str> =
        after.iter().filter(|row| !before.contains(row)).map(|row| &row[..7]).collect();
    assert_eq!(
        moved,
        ["class k", "class k", "group s", "member ", "user u1", "user u2"],
        "k2 by the test itself"
    );
    assert_snapshot!(texts(&conn, include_str!("users.sql")).await.join("\n"), @r"
    u1: Zoë O'Hara <zoe@example.org> suspended
    u2: Anna Nguyễn <an@example.org> active
    u3: Olga <> active
    u4: Ana Lima <ana@example.org> active
    ");
    let groups =
        texts(&conn, "SELECT name || ' ' || slug AS content FROM groups ORDER BY path").await;
    assert_snapshot!(groups.join("\n"), @r"
    Aberdeen School District aberdeen-school-district
    Abraham Lincoln High School lincoln-high-school
    Washington School washington-school
    ");
    let languages = texts(&conn, "SELECT settings ->> 'language' AS content FROM classes").await;
    assert_eq!(languages, ["es", "es"], "the other settings of a class are not the roster's");
    let before = fingerprint(&conn).await;
    assert!(import(&mut conn, changed.path()).await.unwrap().is_unchanged());
    assert_eq!(fingerprint(&conn).await, before);
}

#[tokio::test]
async fn a_blank_field_leaves_what_is_there() {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    import(&mut conn, Made::v1_1().path()).await.unwrap();
    sql(
        &conn,
        "UPDATE users SET status = 'suspended', email = 'olga@example.org' WHERE name = 'Olga'",
    )
    .await
    .unwrap();
    let blank = Made::v1_1().replace("users.csv", "u3,,,true", "u3,,,").replace(
        "users.csv",
        "an@example.org",
        "",
    );
    let report = import(&mut conn, blank.path()).await.unwrap();
    assert!(report.is_unchanged(), "{report:?}");
    let users = texts(&conn, include_str!("users.sql")).await;
    assert!(users.contains(&"u3: Olga <olga@example.org> suspended".to_owned()), "{users:?}");
}

#[tokio::test]
async fn people_can_swap_and_hand_on_their_addresses() {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    import(&mut conn, Made::v1_1().path()).await.unwrap();
    let swapped = Made::v1_1()
        .replace("users.csv", "zoe@example.org", "AN@example.org")
        .replace("users.csv", ",an@example.org", ",zoe@example.org")
        .replace("users.csv", "ana@example.org", "")
        .add("users.csv", "u5,,,true,s1,student,,,New,One,,,ana@example.org,,,,,");
    let report = import(&mut conn, swapped.path()).await.unwrap();
    assert_eq!((report.users.changed, report.users.created), (2, 1));
    assert_snapshot!(texts(&conn, include_str!("users.sql")).await.join("\n"), @r"
    u1: Zoë O'Hara <AN@example.org> active
    u2: An Nguyễn <zoe@example.org> active
    u3: Olga <> active
    u4: Ana Lima <> active
    u5: New One <ana@example.org> active
    ");
    assert!(import(&mut conn, swapped.path()).await.unwrap().is_unchanged());
}

#[tokio::test]
async fn groups_move_and_keep_or_find_a_slug() {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    let made = || {
        Made::v1_1()
            .add("orgs.csv", "d2,,,Hoquiam School District,district,,")
            .add("orgs.csv", "s3,,,Lincoln High School,school,,d2")
            .add("orgs.csv", "p1,,,Mathematics,department,,s1")
    };
    import(&mut conn, made().path()).await.unwrap();
    let moved = made().replace(
        "orgs.csv",
        "Lincoln High School,school,,d1",
        "Lincoln High School,school,,d2",
    );
    let report = import(&mut conn, moved.path()).await.unwrap();
    assert_eq!((report.groups.changed, report.groups.unchanged), (1, 5));
    let paths = texts(&conn, "SELECT path::text AS content FROM groups ORDER BY path").await;
    assert_snapshot!(paths.join("\n"), @r"
    aberdeen_school_district
    aberdeen_school_district.washington_school
    hoquiam_school_district
    hoquiam_school_district.lincoln_high_school
    hoquiam_school_district.lincoln_high_school_2
    hoquiam_school_district.lincoln_high_school_2.mathematics
    ");
    assert!(import(&mut conn, moved.path()).await.unwrap().is_unchanged());
}

#[tokio::test]
async fn a_class_moves_to_another_school_with_its_teachers() {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    let made = || {
        Made::v1_1()
            .add("orgs.csv", "d2,,,Hoquiam School District,district,,")
            .add("orgs.csv", "s3,,,Emerson School,school,,d2")
    };
    import(&mut conn, made().path()).await.unwrap();
    let moved =
        made().replace("classes.csv", "Room 12,s1", "Room 12,s3").without("enrollments.csv", "e1,");
    let report = import(&mut conn, moved.path()).await.unwrap();
    assert_eq!(
        (report.classes.changed, report.teachers_added, report.enrolments.absent),
        (1, 1, 1)
    );
    let members = texts(&conn, include_str!("memberships.sql")).await;
    assert!(members.contains(&"u1 in s3: teacher".to_owned()), "{members:?}");
}

#[tokio::test]
async fn rows_to_be_deleted_are_removed_or_skipped() {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    let made = || {
        Made::v1_1()
            .add("enrollments.csv", "e3,,,k2,s2,u3,student,,,")
            .add("enrollments.csv", "e4,,,k1,s1,u3,student,,,")
    };
    import(&mut conn, made().path()).await.unwrap();
    let gone = made()
        .replace("users.csv", "u2,,", "u2,tobedeleted,")
        .replace("classes.csv", "k2,,", "k2,tobedeleted,")
        .replace("orgs.csv", "s2,,", "s2,tobedeleted,")
        .replace("enrollments.csv", "e4,,", "e4,tobedeleted,")
        // Unknown: nothing of these is looked at but the id.
        .add("users.csv", "u9,tobedeleted,,,,student,,,,,,,,,,,,")
        .add("classes.csv", "k9,tobedeleted,,,,,,,,,,,,")
        .add("orgs.csv", "s9,tobedeleted,,,,,")
        .add("enrollments.csv", "e9,tobedeleted,,k9,,u9,student,,,");
    let report = import(&mut conn, gone.path()).await.unwrap();
    assert_eq!((report.users.deleted, report.classes.deleted, report.groups.deleted), (1, 1, 1));
    assert_eq!((report.memberships.removed, report.enrolments.removed), (1, 3));
    assert_snapshot!(skipped(&report), @r"
    classes.csv: 1 class (to be deleted, and not here)
    enrollments.csv: 2 enrolment (it is to be deleted)
    enrollments.csv: 1 enrolment (the class is to be deleted)
    enrollments.csv: 1 enrolment (the user is to be deleted)
    orgs.csv: 1 organisation (to be deleted, and not here)
    users.csv: 1 role (it is to be deleted)
    users.csv: 1 role (the organisation is to be deleted)
    users.csv: 1 user (to be deleted, and not here)
    ");
    assert_snapshot!(texts(&conn, include_str!("users.sql")).await.join("\n"), @r"
    u1: Zoë O'Hara <zoe@example.org> active
    u2: An Nguyễn <an@example.org> active, deleted
    u3: Olga <> active
    u4: Ana Lima <ana@example.org> active
    ");
    assert_snapshot!(texts(&conn, include_str!("enrolments.sql")).await.join("\n"), @"u1 in k1: teacher");
    let before = fingerprint(&conn).await;
    let again = import(&mut conn, gone.path()).await.unwrap();
    assert!(again.is_unchanged(), "{again:?}");
    assert_eq!(fingerprint(&conn).await, before);

    // And back again: all of it is restored, nothing is made twice.
    let report = import(&mut conn, made().path()).await.unwrap();
    assert_eq!((report.users.restored, report.classes.restored, report.groups.restored), (1, 1, 1));
    assert_eq!((report.users.created, report.classes.created, report.groups.created), (0, 0, 0));
    assert_eq!((report.memberships.created, report.enrolments.created), (1, 3));
    assert!(import(&mut conn, made().path()).await.unwrap().is_unchanged());
}

#[tokio::test]
async fn a_restored_group_finds_its_slug_taken() {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    let made =
        || Made::v1_1().without("classes.csv", "k2,").add("orgs.csv", "s3,,,Art School,school,,d1");
    import(&mut conn, made().path()).await.unwrap();
    import(&mut conn, made().replace("orgs.csv", "s3,,", "s3,tobedeleted,").path()).await.unwrap();
    let taken = "INSERT INTO groups (parent_id, name, slug, type) SELECT id, 'Art', 'art-school', 'school' FROM groups WHERE type = 'district'";
    sql(&conn, taken).await.unwrap();
    import(&mut conn, made().path()).await.unwrap();
    let slugs = texts(
        &conn,
        "SELECT slug AS content FROM groups WHERE name = 'Art School' AND deleted_at IS NULL",
    )
    .await;
    assert_eq!(slugs, ["art-school-2"]);
}

#[tokio::test]
async fn what_is_absent_stays_and_is_counted() {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    import(&mut conn, Made::v1_1().path()).await.unwrap();
    let before = fingerprint(&conn).await;
    let less = Made::v1_1()
        .without("orgs.csv", "s2,")
        .without("classes.csv", "k2,")
        .without("users.csv", "u4,")
        .replace("users.csv", "\"s1,s2\"", "s1")
        .without("enrollments.csv", "e2,");
    let report = import(&mut conn, less.path()).await.unwrap();
    assert!(report.is_unchanged(), "{report:?}");
    assert_eq!((report.groups.absent, report.classes.absent, report.users.absent), (1, 1, 1));
    assert_eq!((report.memberships.absent, report.enrolments.absent), (0, 1));
    assert_eq!(fingerprint(&conn).await, before);
    let moved = Made::v1_1().replace("users.csv", "\"s1,s2\"", "s1");
    assert_eq!(import(&mut conn, moved.path()).await.unwrap().memberships.absent, 1);
}

#[tokio::test]
async fn a_districts_administrator_goes_when_another_one_comes_and_not_before() {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    let successor = "u5,,,true,d1,administrator,,,Eva,Sá,,,ana@example.org,,,,,";
    // The ways in which the row of the only administrator changes: deleted, locked out, another role, another place.
    let changes = [
        ("u4,,,true", "u4,tobedeleted,,true"),
        ("u4,,,true", "u4,,,false"),
        ("d1,administrator", "d1,teacher"),
    ];
    for (old, new) in changes {
        import(&mut conn, Made::v1_1().path()).await.unwrap();
        let before = fingerprint(&conn).await;
        let gone = Made::v1_1().replace("users.csv", old, new);
        let error = import(&mut conn, gone.path()).await.unwrap_err();
        let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        assert!(
            cause.contains("would be left without an administrator"),
            "{new}: {error}: {cause}"
        );
        assert_eq!(fingerprint(&conn).await, before);
        // The successor has the address of the one who goes.
        let gone = gone.replace("users.csv", "ana@example.org", "").add("users.csv", successor);
        let report = import(&mut conn, gone.path()).await.unwrap();
        assert_eq!(report.users.deleted, u64::from(new.contains("tobedeleted")));
        let admins = "SELECT name AS content FROM group_members JOIN users ON users.id = user_id
            WHERE role = 'group_admin' AND status = 'active' AND deleted_at IS NULL";
        assert_eq!(texts(&conn, admins).await, ["Eva Sá"], "{new}");
        sql(&conn, "DELETE FROM groups; DELETE FROM users").await.unwrap();
    }
}

#[tokio::test]
async fn a_system_admin_stays_one() {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    import(&mut conn, Made::v1_1().path()).await.unwrap();
    sql(&conn, "UPDATE group_members SET role = 'system_admin' WHERE role = 'group_admin'")
        .await
        .unwrap();
    let report = import(&mut conn, Made::v1_1().path()).await.unwrap();
    assert!(report.is_unchanged(), "{report:?}");
}

#[tokio::test]
async fn an_erased_person_comes_back_as_a_new_one() {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    import(&mut conn, Made::v1_1().path()).await.unwrap();
    sql(&conn, "DELETE FROM users WHERE name = 'Olga'").await.unwrap();
    let report = import(&mut conn, Made::v1_1().path()).await.unwrap();
    assert_eq!((report.users.created, report.memberships.created), (1, 2));
    let olga = texts(&conn, "SELECT id::text AS content FROM users WHERE name = 'Olga'").await;
    let olga = User::get(&conn, olga[0].parse().unwrap()).await.unwrap();
    assert_eq!(olga.status, UserStatus::Active);
    let place =
        texts(&conn, "SELECT id::text AS content FROM groups WHERE name = 'Washington School'")
            .await;
    let member =
        GroupMember::find(&conn, place[0].parse().unwrap(), olga.id).await.unwrap().unwrap();
    assert_eq!(member.role, GroupRole::Student);
}
