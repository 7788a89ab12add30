//! Storage limits, reservations, files and what is counted of them.

mod concurrency;

use std::time::Duration;

use homeroom::testing::TestDatabase;
use homeroom::{
    Connection, Error, File, FileId, Group, GroupMember, GroupRole, GroupType, LimitSource,
    NewFile, NewGroup, NewStorageReservation, NewUserStorageLimit, PageRequest, StorageBackend,
    StorageLimits, StorageReservation, StorageReservationId, User, UserId, UserStorageLimit,
};
use serde_json::{Value, json};

use crate::{refused_by, sql, user};

pub(crate) fn new_file(uploaded_by: UserId, size_bytes: i64) -> NewFile {
    let id = FileId::generate();
    NewFile {
        id,
        original_name: "essay.pdf".to_owned(),
        mime_type: "application/pdf".to_owned(),
        size_bytes,
        storage_backend: StorageBackend::Local,
        storage_key: id.to_string(),
        uploaded_by,
        group_id: None,
        purpose: "general".to_owned(),
    }
}

async fn used(conn: &Connection, id: UserId) -> i64 {
    StorageLimits::of_user(conn, id).await.unwrap().used_bytes
}

async fn quota(conn: &Connection, user_id: UserId, bytes: Option<i64>) {
    let new = NewUserStorageLimit {
        user_id,
        max_file_size_bytes: None,
        storage_quota_bytes: bytes,
        set_by: None,
        reason: None,
    };
    UserStorageLimit::set(conn, &new).await.unwrap();
}

/// A group in a tree of groups, with settings.
async fn place(
    conn: &Connection,
    kind: GroupType,
    parent: Option<&Group>,
    name: &str,
    storage: Value,
) -> Group {
    let settings = serde_json::from_value(storage).unwrap();
    let new = NewGroup::new(kind, parent.map(|parent| parent.id), name).settings(settings);
    Group::create(conn, &new).await.unwrap()
}

fn from_group(path: &str, role: Option<GroupRole>) -> impl Fn(&LimitSource) -> bool {
    move |source| matches!(source, LimitSource::Group { path: at, role: of, .. } if at == path && *of == role)
}

#[tokio::test]
async fn a_limit_is_the_persons_own_else_the_nearest_groups_else_the_systems() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let student = user(&conn, "A").await.id;
    let limits = StorageLimits::of_user(&conn, student).await.unwrap();
    assert_eq!((limits.max_file_size.bytes, limits.quota.bytes), (10 << 20, 1 << 30));
    assert_eq!((limits.quota.source, limits.used_bytes), (LimitSource::System, 0));

    let district = place(
        &conn,
        GroupType::District,
        None,
        "D",
        json!({ "storage": { "storage_quota_bytes": 900, "max_file_size_bytes": 90,
                             "roles": { "student": { "storage_quota_bytes": 500 } } } }),
    )
    .await;
    let school = place(
        &conn,
        GroupType::School,
        Some(&district),
        "S",
        json!({ "storage": { "max_file_size_bytes": 50, "roles": { "teacher": { "storage_quota_bytes": 7 } } } }),
    )
    .await;
    GroupMember::set_role(&conn, school.id, student, GroupRole::Student).await.unwrap();
    let limits = StorageLimits::of_user(&conn, student).await.unwrap();
    assert_eq!((limits.max_file_size.bytes, limits.quota.bytes), (50, 500));
    assert!(from_group("d.s", None)(&limits.max_file_size.source));
    assert!(from_group("d", Some(GroupRole::Student))(&limits.quota.source));

    GroupMember::set_role(&conn, school.id, student, GroupRole::Teacher).await.unwrap();
    let limits = StorageLimits::of_user(&conn, student).await.unwrap();
    assert!(from_group("d.s", Some(GroupRole::Teacher))(&limits.quota.source));
    assert_eq!(limits.quota.bytes, 7);

    // Field by field.
    quota(&conn, student, Some(1_234)).await;
    let limits = StorageLimits::of_user(&conn, student).await.unwrap();
    assert_eq!((limits.quota.bytes, limits.quota.source), (1_234, LimitSource::User));
    assert!(from_group("d.s", None)(&limits.max_file_size.source));

    User::soft_delete(&conn, student).await.unwrap();
    let error = StorageLimits::of_user(&conn, student).await.unwrap_err();
    assert!(matches!(error, Error::NotFound { entity: "user", .. }), "{error:?}");
}

#[tokio::test]
async fn of_several_memberships_the_most_generous_counts_and_archived_groups_say_nothing() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let teacher = user(&conn, "A").await.id;
    let storage = |bytes: u64| json!({ "storage": { "storage_quota_bytes": bytes } });
    let mut groups = Vec::new();
    for (name, bytes) in [("a", 2_u64 << 30), ("b", 4 << 30), ("c", 3 << 30)] {
        let group = place(&conn, GroupType::District, None, name, storage(bytes)).await;
        GroupMember::set_role(&conn, group.id, teacher, GroupRole::Teacher).await.unwrap();
        groups.push(group.id);
    }
    let quota = async || StorageLimits::of_user(&conn, teacher).await.unwrap().quota;
    assert_eq!(quota().await.bytes, 4 << 30);
    Group::archive(&conn, groups[1]).await.unwrap();
    let now = quota().await;
    assert_eq!(now.bytes, 3 << 30);
    assert!(from_group("c", None)(&now.source), "{now:?}");
}

#[tokio::test]
async fn a_locked_limit_is_not_raised_below() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    for (lock, raised) in [
        (json!({}), 900),
        (json!({ "storage": true }), 100),
        (json!({ "storage": { "roles": { "student": true } } }), 800),
        (json!({ "storage": { "storage_quota_bytes": true, "roles": true } }), 100),
        (json!({ "storage": { "max_file_size_bytes": true } }), 900),
    ] {
        let district = json!({ "storage": { "storage_quota_bytes": 100 }, "locked": lock });
        let district = place(&conn, GroupType::District, None, "D", district).await;
        let school = json!({ "storage": { "storage_quota_bytes": 800,
                                          "roles": { "student": { "storage_quota_bytes": 900 } } } });
        let school = place(&conn, GroupType::School, Some(&district), "S", school).await;
        let student = user(&conn, "A").await.id;
        GroupMember::set_role(&conn, school.id, student, GroupRole::Student).await.unwrap();
        assert_eq!(
            StorageLimits::of_user(&conn, student).await.unwrap().quota.bytes,
            raised,
            "{lock}"
        );
        Group::archive(&conn, district.id).await.unwrap();
    }
}

#[tokio::test]
async fn an_upload_reserves_room_and_commits_or_releases_it() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let student = user(&conn, "A").await.id;
    quota(&conn, student, Some(1_000)).await;

    let room = StorageReservation::reserve(&conn, &NewStorageReservation::new(student, 600))
        .await
        .unwrap();
    assert_eq!(used(&conn, student).await, 600);
    let too_much = NewStorageReservation::new(student, 401);
    let error = StorageReservation::reserve(&conn, &too_much).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "user {student} stores 600 of 1000 bytes: 401 more are too many (rule storage_reservations_quota_check)"
        )
    );
    assert!(matches!(error, Error::Quota { .. }), "{error:?}");
    assert_eq!(used(&conn, student).await, 600);

    // The whole quota is free for the file that its own reservation makes room for.
    let file = StorageReservation::commit(&conn, room.id, &new_file(student, 1_000)).await.unwrap();
    assert_eq!(file.uploaded_by, student);
    assert_eq!(used(&conn, student).await, 1_000);
    let again =
        StorageReservation::commit(&conn, room.id, &new_file(student, 0)).await.unwrap_err();
    assert!(matches!(again, Error::NotFound { entity: "storage reservation", .. }), "{again:?}");

    quota(&conn, student, Some(2_000)).await;
    let room = StorageReservation::reserve(&conn, &NewStorageReservation::new(student, 600))
        .await
        .unwrap();
    StorageReservation::release(&conn, room.id).await.unwrap();
    assert_eq!(used(&conn, student).await, 1_000);
    assert!(StorageReservation::release(&conn, room.id).await.is_err());
    assert!(StorageReservation::release(&conn, StorageReservationId::generate()).await.is_err());
}

#[tokio::test]
async fn a_reservation_is_committed_by_the_one_who_made_it_alone() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let (one, other) = (user(&conn, "A").await.id, user(&conn, "B").await.id);
    let room =
        StorageReservation::reserve(&conn, &NewStorageReservation::new(one, 5)).await.unwrap();
    assert!(StorageReservation::commit(&conn, room.id, &new_file(other, 5)).await.is_err());
    assert_eq!((used(&conn, one).await, used(&conn, other).await), (5, 0));
}

#[tokio::test]
async fn the_quota_and_the_largest_file_hold_whoever_writes() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let student = user(&conn, "A").await.id;
    quota(&conn, student, Some(20 << 20)).await;
    let too_large = new_file(student, (10 << 20) + 1);
    assert_eq!(refused_by(File::create(&conn, &too_large).await), "files_max_file_size_check");
    let room = NewStorageReservation::new(student, (10 << 20) + 1);
    assert_eq!(
        refused_by(StorageReservation::reserve(&conn, &room).await),
        "storage_reservations_max_file_size_check"
    );
    let insert = |bytes: i64| {
        format!(
            "INSERT INTO files (original_name, mime_type, size_bytes, storage_backend, storage_key, uploaded_by)
             VALUES ('f', 'text/plain', {bytes}, 'local', 'key ' || random(), '{student}')"
        )
    };
    for _ in 0..2 {
        sql(&conn, &insert(10 << 20)).await.unwrap();
    }
    assert_eq!(refused_by(sql(&conn, &insert(1)).await), "files_quota_check");
    sql(&conn, &insert(0)).await.unwrap();
    sql(&conn, "UPDATE files SET size_bytes = 7 WHERE size_bytes > 0").await.unwrap();
    assert_eq!(used(&conn, student).await, 14);
    assert_eq!(
        refused_by(sql(&conn, "UPDATE files SET size_bytes = 1000000000").await),
        "files_max_file_size_check"
    );
    let kept = "INSERT INTO files (original_name, mime_type, size_bytes, storage_backend, storage_key, uploaded_by)
         SELECT original_name, mime_type, size_bytes, storage_backend, storage_key, uploaded_by FROM files
         ON CONFLICT DO NOTHING";
    sql(&conn, kept).await.unwrap();
    assert_eq!(used(&conn, student).await, 14, "what is left out is not counted");
}

#[tokio::test]
async fn a_quota_that_shrinks_below_what_is_stored_takes_nothing_away() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let student = user(&conn, "A").await.id;
    let file = File::create(&conn, &new_file(student, 500)).await.unwrap();
    quota(&conn, student, Some(100)).await;
    let limits = StorageLimits::of_user(&conn, student).await.unwrap();
    assert_eq!((limits.used_bytes, limits.free_bytes()), (500, 0));
    assert_eq!(refused_by(File::create(&conn, &new_file(student, 1)).await), "files_quota_check");
    File::soft_delete(&conn, file.id).await.unwrap();
    assert_eq!(used(&conn, student).await, 500, "a removed file counts until it is purged");
    File::restore(&conn, file.id).await.unwrap();
}

#[tokio::test]
async fn removed_files_are_purged_after_30_days_and_leave_their_keys() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let student = user(&conn, "A").await.id;
    let mut ids = Vec::new();
    for _ in 0..4 {
        let file = File::create(&conn, &new_file(student, 10)).await.unwrap();
        File::soft_delete(&conn, file.id).await.unwrap();
        ids.push(file.id);
    }
    let old = format!(
        "UPDATE files SET deleted_at = now() - interval '31 days' WHERE id <> '{}'",
        ids[0]
    );
    sql(&conn, &old).await.unwrap();
    assert!(File::restore(&conn, ids[1]).await.is_err());
    assert_eq!(File::purge_removed(&conn, 2).await.unwrap(), 2);
    assert_eq!(File::purge_removed(&conn, 2).await.unwrap(), 1);
    assert_eq!(File::purge_removed(&conn, 2).await.unwrap(), 0);
    assert_eq!(used(&conn, student).await, 10);
    let queued = homeroom::DeletedBlob::list(&conn, &PageRequest::default()).await.unwrap().items;
    assert_eq!(queued.len(), 3);
    File::restore(&conn, ids[0]).await.unwrap();
}

#[tokio::test]
async fn uploads_that_were_given_up_lose_their_room() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let student = user(&conn, "A").await.id;
    let soon = NewStorageReservation {
        lifetime: Duration::from_millis(1),
        ..NewStorageReservation::new(student, 30)
    };
    StorageReservation::reserve(&conn, &soon).await.unwrap();
    StorageReservation::reserve(&conn, &NewStorageReservation::new(student, 5)).await.unwrap();
    while StorageReservation::purge_expired(&conn, 10).await.unwrap() == 0 {}
    assert_eq!(used(&conn, student).await, 5);
}

#[tokio::test]
async fn a_count_that_drifted_is_found_and_put_right() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let mut people = Vec::new();
    for n in 0..3 {
        let id = user(&conn, &n.to_string()).await.id;
        File::create(&conn, &new_file(id, 100)).await.unwrap();
        StorageReservation::reserve(&conn, &NewStorageReservation::new(id, 10)).await.unwrap();
        people.push(id);
    }
    let first = PageRequest::first(1);
    assert!(StorageLimits::drifted(&conn, &first).await.unwrap().items.is_empty());

    sql(
        &conn,
        &format!("UPDATE user_storage_limits SET used_bytes = 7 WHERE user_id = '{}'", people[0]),
    )
    .await
    .unwrap();
    sql(&conn, &format!("DELETE FROM user_storage_limits WHERE user_id = '{}'", people[2]))
        .await
        .unwrap();
    let page = StorageLimits::drifted(&conn, &first).await.unwrap();
    assert_eq!(page.items, [(people[0], 103)]);
    let page =
        StorageLimits::drifted(&conn, &PageRequest::after(page.next.unwrap(), 1)).await.unwrap();
    assert_eq!((page.items, page.next), (vec![(people[2], 110)], None));

    let mut corrected = Vec::new();
    for id in &people {
        corrected.push(StorageLimits::reconcile(&conn, *id).await.unwrap());
        assert_eq!(used(&conn, *id).await, 110);
    }
    assert_eq!(corrected, [103, 0, 110]);
    assert!(StorageLimits::reconcile(&conn, UserId::generate()).await.is_err());
}
