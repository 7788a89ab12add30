//! Every entity is created, found, listed, changed and removed.

use homeroom::testing::TestDatabase;
use homeroom::{
    Class, ClassChanges, ClassMember, ClassRole, Error, ExternalId, ExternalIdTarget, File,
    FileChanges, FileStatus, GroupMember, GroupRole, GroupType, NewClass, NewFile, NewUser,
    NewUserStorageLimit, PageRequest, PasswordHash, Settings, StorageBackend, Tool, ToolChanges,
    User, UserChanges, UserId, UserStatus, UserStorageLimit,
};

use crate::{group, new_tool, refused_by, user};

#[tokio::test]
async fn a_user_is_created_found_changed_removed_and_restored() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let new = NewUser::named("Nguyễn Thị Ánh").email("anh@example.org");
    let created = User::create(&conn, &new).await.unwrap();
    assert_eq!(created.status, UserStatus::PendingVerification);
    assert_eq!(User::get(&conn, created.id).await.unwrap(), created);

    let changes = UserChanges {
        name: Some("王小明".to_owned()),
        email: Some(None),
        password_hash: Some(Some(PasswordHash::from_phc("$argon2id$x"))),
        status: Some(UserStatus::Active),
    };
    let changed = User::update(&conn, created.id, &changes).await.unwrap();
    assert_eq!((changed.name.as_str(), changed.email.as_deref()), ("王小明", None));
    assert!(
        !format!("{changed:?}{}", serde_json::to_string(&changed).unwrap()).contains("argon2id")
    );
    assert_eq!(User::update(&conn, created.id, &UserChanges::default()).await.unwrap(), changed);

    User::soft_delete(&conn, created.id).await.unwrap();
    assert!(User::find(&conn, created.id).await.unwrap().is_none());
    assert!(
        User::find_with_deleted(&conn, created.id).await.unwrap().unwrap().deleted_at.is_some()
    );
    let error = User::update(&conn, created.id, &changes).await.unwrap_err();
    assert_eq!(error.to_string(), format!("there is no user {}", created.id));
    assert!(matches!(User::soft_delete(&conn, created.id).await, Err(Error::NotFound { .. })));
    assert!(User::restore(&conn, created.id).await.unwrap().deleted_at.is_none());
}

#[tokio::test]
async fn a_list_is_stable_while_rows_are_inserted() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let mut all: Vec<UserId> = Vec::new();
    for n in 0..5 {
        all.push(user(&conn, &format!("User {n}")).await.id);
    }
    let first = User::list(&conn, &PageRequest::first(3)).await.unwrap();
    let late = user(&conn, "Late").await.id;
    let rest = User::list(&conn, &PageRequest::after(first.next.unwrap(), 3)).await.unwrap();
    let read: Vec<UserId> = first.items.iter().chain(&rest.items).map(|user| user.id).collect();
    all.push(late);
    assert_eq!(read, all);
    assert!(rest.next.is_none());
}

#[tokio::test]
async fn a_field_that_is_not_valid_is_named_by_its_rule() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    for name in ["", " ", "\t\n", &"x".repeat(101)] {
        assert_eq!(
            refused_by(User::create(&conn, &NewUser::named(name)).await),
            "users_name_check",
            "{name:?}"
        );
    }
    for email in ["", "a", "a b@example.org", "a@b@c", "@example.org"] {
        let new = NewUser::named("A").email(email);
        assert_eq!(refused_by(User::create(&conn, &new).await), "users_email_check", "{email:?}");
    }
    User::create(&conn, &NewUser::named("ß".repeat(100))).await.unwrap();
}

#[tokio::test]
async fn a_class_and_its_people_are_created_found_changed_and_removed() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let district = group(&conn, GroupType::District, None, "D").await.id;
    let school = group(&conn, GroupType::School, district, "S").await.id;
    let class = Class::create(&conn, &NewClass::new(school, "7b")).await.unwrap();
    let changes = ClassChanges {
        name: Some("8b".to_owned()),
        settings: Some(Settings::default().with("grade", "08")),
        ..ClassChanges::default()
    };
    let changed = Class::update(&conn, class.id, &changes).await.unwrap();
    assert_eq!(changed.settings.get("grade").unwrap(), "08");

    let student = user(&conn, "Student").await;
    let teacher = user(&conn, "Teacher").await;
    GroupMember::set_role(&conn, school, teacher.id, GroupRole::Teacher).await.unwrap();
    ClassMember::enrol(&conn, class.id, student.id, ClassRole::Student).await.unwrap();
    ClassMember::enrol(&conn, class.id, teacher.id, ClassRole::Student).await.unwrap();
    ClassMember::enrol(&conn, class.id, teacher.id, ClassRole::Teacher).await.unwrap();
    let people = ClassMember::list(&conn, class.id, &PageRequest::default()).await.unwrap().items;
    let people: Vec<_> =
        people.into_iter().map(|(member, user)| (user.name, member.role)).collect();
    assert_eq!(
        people,
        [("Student".into(), ClassRole::Student), ("Teacher".into(), ClassRole::Teacher)]
    );

    User::soft_delete(&conn, student.id).await.unwrap();
    assert!(ClassMember::find(&conn, class.id, student.id).await.unwrap().is_none());
    ClassMember::delete(&conn, class.id, teacher.id).await.unwrap();
    assert!(matches!(
        ClassMember::get(&conn, class.id, teacher.id).await,
        Err(Error::NotFound { .. })
    ));

    Class::soft_delete(&conn, class.id).await.unwrap();
    assert!(Class::list(&conn, school, &PageRequest::default()).await.unwrap().items.is_empty());
    Class::restore(&conn, class.id).await.unwrap();
    homeroom::Group::archive(&conn, district).await.unwrap();
    assert!(Class::find(&conn, class.id).await.unwrap().is_none(), "its district is archived");
    assert!(Class::find_with_deleted(&conn, class.id).await.unwrap().is_some());
}

#[tokio::test]
async fn a_member_of_a_group_has_one_role_that_can_change() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let district = group(&conn, GroupType::District, None, "D").await.id;
    let person = user(&conn, "A").await.id;
    let first = GroupMember::set_role(&conn, district, person, GroupRole::Student).await.unwrap();
    let second = GroupMember::set_role(&conn, district, person, GroupRole::Teacher).await.unwrap();
    assert_eq!(second.role, GroupRole::Teacher);
    assert!(second.updated_at > first.updated_at);
    assert_eq!(
        GroupMember::list(&conn, district, &PageRequest::default()).await.unwrap().items.len(),
        1
    );
    let nobody =
        GroupMember::set_role(&conn, district, UserId::generate(), GroupRole::Student).await;
    assert_eq!(refused_by(nobody), "group_members_user_id_fkey");
    GroupMember::delete(&conn, district, person).await.unwrap();
    assert!(GroupMember::find(&conn, district, person).await.unwrap().is_none());
}

#[tokio::test]
async fn the_newest_tool_is_that_of_the_highest_precedence_not_the_last_in_text_order() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    // The example of semver.org, section 11, and what text order gets wrong.
    let ascending = [
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0-rc.1",
        "1.0.0",
        "1.2.0",
        "1.10.0-0",
        "1.10.0",
        "2.0.0-1",
        "2.0.0-a",
        "10.0.0",
    ];
    let mut versions: Vec<homeroom::ToolVersion> = Vec::new();
    for version in ascending {
        let tool = Tool::create(&conn, &new_tool(None, "Tutor", version)).await.unwrap();
        if let Some(before) = versions.last() {
            assert!(
                before.cmp_precedence(&tool.version).is_lt(),
                "Rust agrees: {before} < {version}"
            );
        }
        versions.push(tool.version.clone());
        let newest = Tool::find_newest(&conn, None, "Tutor").await.unwrap().unwrap();
        assert_eq!(newest.id, tool.id, "{version}");
    }
    assert!(Tool::find_newest(&conn, None, "Other").await.unwrap().is_none());
}

#[tokio::test]
async fn a_tool_is_listed_in_its_scope_changed_withdrawn_and_restored() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let district = group(&conn, GroupType::District, None, "D").await.id;
    let tool =
        Tool::create(&conn, &new_tool(Some(district), "Tutor", "1.0.0+build.7")).await.unwrap();
    assert_eq!(tool.version.to_string(), "1.0.0+build.7");
    assert!(Tool::list(&conn, None, &PageRequest::default()).await.unwrap().items.is_empty());
    let listed = Tool::list(&conn, Some(district), &PageRequest::default()).await.unwrap();
    assert_eq!(listed.items, std::slice::from_ref(&tool));
    let changes = ToolChanges { name: Some("Coach".to_owned()), group_id: Some(None) };
    let changed = Tool::update(&conn, tool.id, &changes).await.unwrap();
    assert_eq!((changed.name.as_str(), changed.group_id), ("Coach", None));
    assert!(changed.deleted_at.is_none(), "made visible to everyone on purpose");
    Tool::soft_delete(&conn, tool.id).await.unwrap();
    assert!(Tool::find(&conn, tool.id).await.unwrap().is_none());
    assert_eq!(Tool::restore(&conn, tool.id).await.unwrap().id, tool.id);
}

#[tokio::test]
async fn a_file_is_created_listed_changed_removed_and_restored_in_step_with_its_status() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let person = user(&conn, "A").await.id;
    let new = NewFile {
        id: homeroom::FileId::generate(),
        original_name: "essai 1.pdf".to_owned(),
        mime_type: "application/pdf".to_owned(),
        size_bytes: 5_000_000,
        storage_backend: StorageBackend::S3,
        storage_key: "k/1".to_owned(),
        uploaded_by: person,
        group_id: None,
        purpose: "general".to_owned(),
    };
    let file = File::create(&conn, &new).await.unwrap();
    let again = NewFile { id: homeroom::FileId::generate(), ..new };
    assert_eq!(refused_by(File::create(&conn, &again).await), "files_storage_key_key");
    let changes =
        FileChanges { original_name: Some("essai 2.pdf".to_owned()), ..Default::default() };
    assert_eq!(File::update(&conn, file.id, &changes).await.unwrap().original_name, "essai 2.pdf");
    File::soft_delete(&conn, file.id).await.unwrap();
    assert!(File::list(&conn, person, &PageRequest::default()).await.unwrap().items.is_empty());
    let restored = File::restore(&conn, file.id).await.unwrap();
    assert_eq!((restored.status, restored.deleted_at), (FileStatus::Active, None));
    assert_eq!(File::get(&conn, file.id).await.unwrap(), restored);
}

#[tokio::test]
async fn storage_limits_are_set_as_a_whole_and_cleared() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let person = user(&conn, "A").await.id;
    let mut new = NewUserStorageLimit {
        user_id: person,
        max_file_size_bytes: Some(7),
        storage_quota_bytes: None,
        set_by: Some(person),
        reason: Some("film project".to_owned()),
    };
    UserStorageLimit::set(&conn, &new).await.unwrap();
    new.max_file_size_bytes = None;
    new.storage_quota_bytes = Some(8);
    let limit = UserStorageLimit::set(&conn, &new).await.unwrap();
    assert_eq!((limit.max_file_size_bytes, limit.storage_quota_bytes), (None, Some(8)));
    assert_eq!(UserStorageLimit::get(&conn, person).await.unwrap(), limit);
    assert_eq!(
        UserStorageLimit::list(&conn, &PageRequest::default()).await.unwrap().items.len(),
        1
    );
    assert_eq!(UserStorageLimit::clear(&conn, person).await.unwrap().storage_quota_bytes, None);
}

#[tokio::test]
async fn an_external_id_is_unique_per_source_and_kind_and_goes_with_its_row() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let person = user(&conn, "A").await.id;
    let district = group(&conn, GroupType::District, None, "D").await.id;
    ExternalId::create(&conn, "roster", "17", ExternalIdTarget::User(person)).await.unwrap();
    ExternalId::create(&conn, "roster", "17", ExternalIdTarget::Group(district)).await.unwrap();
    ExternalId::create(&conn, "other", "17", ExternalIdTarget::User(person)).await.unwrap();
    let again = ExternalId::create(&conn, "roster", "17", ExternalIdTarget::User(person)).await;
    assert_eq!(refused_by(again), "external_ids_pkey");
    let found = ExternalId::get(&conn, "roster", "user", "17").await.unwrap();
    assert_eq!(found.target, ExternalIdTarget::User(person));

    ExternalId::delete(&conn, "other", "user", "17").await.unwrap();
    crate::sql(&conn, &format!("DELETE FROM users WHERE id = '{person}'")).await.unwrap();
    assert!(ExternalId::find(&conn, "roster", "user", "17").await.unwrap().is_none());
    assert!(ExternalId::find(&conn, "roster", "group", "17").await.unwrap().is_some());
}
