//! The known faults of the earlier system (domain specification, section 5): each is tried through the API and through plain
//! SQL, and refused by the database.

use homeroom::testing::TestDatabase;
use homeroom::{
    ChatSession, Class, ClassMember, ClassRole, Error, File, FileId, Group, GroupMember, GroupRole,
    GroupType, Message, NewChatSession, NewClass, NewFile, NewGroup, NewMessage, NewSession,
    NewStorageReservation, NewUser, NewUserStorageLimit, Session, SessionContext, SessionPolicy,
    StorageBackend, StorageReservation, Tool, User, UserChanges, UserStatus, UserStorageLimit,
};

use crate::{chat, group, new_tool, refused_by, sql, user};

#[tokio::test]
async fn a_teacher_and_a_group_can_be_deleted_after_a_student_has_chatted_with_their_tool() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let district = group(&conn, GroupType::District, None, "D").await.id;
    let school = group(&conn, GroupType::School, district, "S").await.id;
    let teacher = user(&conn, "Teacher").await.id;
    let student = user(&conn, "Student").await.id;
    let new =
        homeroom::NewTool { created_by: Some(teacher), ..new_tool(Some(school), "Tutor", "1.0.0") };
    let tool = Tool::create(&conn, &new).await.unwrap();
    let chat = ChatSession::create(&conn, &NewChatSession::new(student, tool.id)).await.unwrap();
    let colleague = user(&conn, "Colleague").await.id;
    let new = homeroom::NewTool {
        created_by: Some(colleague),
        ..new_tool(Some(school), "Quiz master", "1.0.0")
    };
    let theirs = Tool::create(&conn, &new).await.unwrap();
    ChatSession::create(&conn, &NewChatSession::new(student, theirs.id)).await.unwrap();

    User::erase(&conn, colleague).await.unwrap();
    assert_eq!(Tool::get(&conn, theirs.id).await.unwrap().created_by, None);
    sql(&conn, &format!("DELETE FROM users WHERE id = '{teacher}'")).await.unwrap();
    sql(&conn, &format!("DELETE FROM groups WHERE id = '{district}'")).await.unwrap();
    assert!(ChatSession::find(&conn, chat.id).await.unwrap().is_some());
    let orphan = Tool::find_with_deleted(&conn, tool.id).await.unwrap().unwrap();
    assert_eq!((orphan.created_by, orphan.group_id), (None, None));
    assert!(
        orphan.deleted_at.is_some(),
        "else the tool of one school would be visible to everyone"
    );
}

#[tokio::test]
async fn a_tools_name_and_version_are_unique_in_their_scope_among_live_rows() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let a = group(&conn, GroupType::District, None, "A").await.id;
    let b = group(&conn, GroupType::District, None, "B").await.id;
    for scope in [None, Some(a), Some(b)] {
        let first = Tool::create(&conn, &new_tool(scope, "Tutor", "1.0.0")).await.unwrap();
        Tool::create(&conn, &new_tool(scope, "Tutor", "1.0.1")).await.unwrap();
        let again = Tool::create(&conn, &new_tool(scope, "Tutor", "1.0.0")).await;
        let rule = if scope.is_none() {
            "tools_name_version_key"
        } else {
            "tools_group_id_name_version_key"
        };
        assert_eq!(refused_by(again), rule);
        let copy = format!(
            "INSERT INTO tools (group_id, type, name, version, definition)
             SELECT group_id, type, name, version, definition FROM tools WHERE id = '{}'",
            first.id
        );
        assert_eq!(refused_by(sql(&conn, &copy).await), rule);
        Tool::soft_delete(&conn, first.id).await.unwrap();
        Tool::create(&conn, &new_tool(scope, "Tutor", "1.0.0")).await.unwrap();
    }
}

#[tokio::test]
async fn a_slug_is_unique_among_live_siblings_and_nowhere_else() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let a = group(&conn, GroupType::District, None, "A").await.id;
    let b = group(&conn, GroupType::District, None, "B").await.id;
    let lincoln = group(&conn, GroupType::School, a, "Lincoln").await.id;
    group(&conn, GroupType::School, b, "Lincoln").await;
    let again = NewGroup::new(GroupType::School, a, "Lincoln");
    assert_eq!(refused_by(Group::create(&conn, &again).await), "groups_path_key");
    let insert = format!(
        "INSERT INTO groups (parent_id, type, name, slug) VALUES ('{a}', 'school', 'L', 'lincoln')"
    );
    assert_eq!(refused_by(sql(&conn, &insert).await), "groups_path_key");
    Group::archive(&conn, lincoln).await.unwrap();
    Group::create(&conn, &again).await.unwrap();
    assert_eq!(refused_by(Group::restore(&conn, lincoln).await), "groups_path_key");
}

#[tokio::test]
async fn an_email_is_unique_in_any_letter_case_and_a_deleted_one_can_register_again() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let first = User::create(&conn, &NewUser::named("A").email("Ana@Example.org")).await.unwrap();
    let again = NewUser::named("B").email("ana@example.ORG");
    assert_eq!(refused_by(User::create(&conn, &again).await), "users_email_key");
    let insert = "INSERT INTO users (name, email) VALUES ('C', 'ANA@example.org')";
    assert_eq!(refused_by(sql(&conn, insert).await), "users_email_key");
    assert_eq!(User::find_by_email(&conn, "aNa@example.org").await.unwrap().unwrap().id, first.id);

    User::soft_delete(&conn, first.id).await.unwrap();
    let second = User::create(&conn, &again).await.unwrap();
    assert_eq!(User::find_by_email(&conn, "ANA@EXAMPLE.ORG").await.unwrap().unwrap().id, second.id);
    assert_eq!(refused_by(User::restore(&conn, first.id).await), "users_email_key");
}

#[tokio::test]
async fn a_path_is_never_duplicate_empty_parentless_hand_written_or_of_a_wrong_type() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let district = group(&conn, GroupType::District, None, "D").await.id;
    let insert = |columns: &str, values: &str| {
        format!("INSERT INTO groups (name, type, {columns}) VALUES ('G', {values})")
    };
    let refused = [
        (insert("slug", "'district', 'd'"), "groups_path_key"),
        (insert("slug", "'district', ''"), "groups_slug_check"),
        (insert("slug", "'district', 'Upper'"), "groups_slug_check"),
        (insert("slug", "'district', 'a_b'"), "groups_slug_check"),
        (insert("slug, path", "'district', 'x', ''"), "groups_path_check"),
        (insert("slug, path", "'district', 'x', 'elsewhere'"), "groups_path_check"),
        (insert("slug, path", "'district', 'x', 'missing.x'"), "groups_path_check"),
        (insert("slug", "'school', 'x'"), "groups_parent_type_check"),
        (insert("slug", "'university', 'x'"), "groups_parent_type_check"),
        (insert("slug, parent_id", "'school', 'x', uuid_v7()"), "groups_parent_id_fkey"),
        (
            insert("slug, parent_id", &format!("'department', 'x', '{district}'")),
            "groups_parent_type_check",
        ),
        ("UPDATE groups SET path = 'e'".to_owned(), "groups_path_check"),
        ("UPDATE groups SET slug = 'e', path = 'f'".to_owned(), "groups_path_check"),
        ("UPDATE groups SET parent_id = id".to_owned(), "groups_cycle_check"),
        (insert("slug, settings", r#"'district', 'x', '"{}"'"#), "groups_settings_check"),
        (insert("slug, settings", "'district', 'x', '[]'"), "groups_settings_check"),
    ];
    for (statement, rule) in refused {
        assert_eq!(refused_by(sql(&conn, &statement).await), rule, "{statement}");
    }
    // A path and settings of another type can't even be written by the API.
    let nowhere = homeroom::GroupId::generate();
    let refused = [
        (NewGroup::new(GroupType::District, None, "D"), "groups_path_key"),
        (NewGroup::new(GroupType::District, None, "E").slug(""), "groups_slug_check"),
        (NewGroup::new(GroupType::District, None, "E").slug("a_b"), "groups_slug_check"),
        (NewGroup::new(GroupType::School, None, "S"), "groups_parent_type_check"),
        (NewGroup::new(GroupType::Department, district, "M"), "groups_parent_type_check"),
        (NewGroup::new(GroupType::School, nowhere, "S"), "groups_parent_id_fkey"),
    ];
    for (new, rule) in refused {
        assert_eq!(refused_by(Group::create(&conn, &new).await), rule, "{new:?}");
    }
    let below_itself = Group::move_to(&conn, district, Some(district)).await;
    assert_eq!(refused_by(below_itself), "groups_cycle_check");
}

#[tokio::test]
async fn a_fork_has_no_cycle_no_other_tool_and_no_message_that_its_parent_lacks() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let owner = user(&conn, "A").await.id;
    let parent = chat(&conn, owner).await;
    Message::append(&conn, parent.id, &NewMessage::user("x")).await.unwrap();
    let fork = ChatSession::fork(&conn, parent.id, 1, owner).await.unwrap();
    let other_tool = Tool::create(&conn, &new_tool(None, "Other", "1.0.0")).await.unwrap().id;
    let (p, t) = (parent.id, parent.tool_id);
    let insert = |id: &str, tool: &str, parent: &str, seq: &str| {
        format!(
            "INSERT INTO chat_sessions (id, user_id, tool_id, parent_session_id, fork_from_seq)
             VALUES ({id}, '{owner}', '{tool}', {parent}, {seq})"
        )
    };
    let refused = [
        (format!("UPDATE chat_sessions SET parent_session_id = '{}', fork_from_seq = 1 WHERE id = '{p}'", fork.id),
            "chat_sessions_origin_check"),
        (format!("UPDATE chat_sessions SET parent_session_id = id WHERE id = '{}'", fork.id), "chat_sessions_origin_check"),
        (format!("UPDATE chat_sessions SET tool_id = '{other_tool}' WHERE id = '{p}'"), "chat_sessions_origin_check"),
        (insert("uuid_v7()", &other_tool.to_string(), &format!("'{p}'"), "1"), "chat_sessions_fork_tool_check"),
        (insert("uuid_v7()", &t.to_string(), &format!("'{p}'"), "2"), "chat_sessions_fork_from_seq_check"),
        (insert("uuid_v7()", &t.to_string(), &format!("'{p}'"), "0"), "chat_sessions_fork_from_seq_check"),
        (insert("uuid_v7()", &t.to_string(), &format!("'{p}'"), "NULL"), "chat_sessions_fork_from_seq_check"),
        (
            // Two rows of one statement that name each other: a foreign key alone would let them pass.
            format!(
                "INSERT INTO chat_sessions (id, user_id, tool_id, parent_session_id, fork_from_seq) VALUES
                 ('00000000-0000-7000-8000-00000000000a', '{owner}', '{t}', '00000000-0000-7000-8000-00000000000b', 1),
                 ('00000000-0000-7000-8000-00000000000b', '{owner}', '{t}', '00000000-0000-7000-8000-00000000000a', 1)"
            ),
            "chat_sessions_parent_session_id_fkey",
        ),
    ];
    for (statement, rule) in refused {
        assert_eq!(refused_by(sql(&conn, &statement).await), rule, "{statement}");
    }
    // The API takes the tool from the parent, and looks for the message itself.
    for seq in [-1, 0, 2] {
        let missing = ChatSession::fork(&conn, parent.id, seq, owner).await;
        assert!(matches!(missing, Err(Error::NotFound { .. })), "{seq}: {missing:?}");
    }

    sql(&conn, &format!("DELETE FROM chat_sessions WHERE id = '{p}'")).await.unwrap();
    let orphan = ChatSession::get(&conn, fork.id).await.unwrap();
    assert_eq!((orphan.parent_session_id, orphan.fork_from_seq), (None, Some(1)));
    assert_eq!(Message::last(&conn, fork.id, 10).await.unwrap().len(), 1, "an orphan still reads");
}

#[tokio::test]
async fn a_seq_is_never_negative_duplicate_or_gapped_and_a_message_never_goes_alone() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let owner = user(&conn, "A").await.id;
    let chat = chat(&conn, owner).await.id;
    for _ in 0..2 {
        Message::append(&conn, chat, &NewMessage::user("x")).await.unwrap();
    }
    let insert = |seq: i32| {
        format!(
            "INSERT INTO messages (session_id, seq, role, content) VALUES ('{chat}', {seq}, 'user', 'x')"
        )
    };
    let count_to =
        |seq: i32| format!("UPDATE chat_sessions SET last_seq = {seq} WHERE id = '{chat}'; ");
    let refused = [
        (insert(-1), "messages_seq_check"),
        (insert(0), "messages_seq_check"),
        (insert(2), "messages_pkey"),
        (insert(3), "messages_order_check"),
        (insert(4), "messages_order_check"),
        (count_to(4) + &insert(4), "messages_order_check"),
        (count_to(1), "chat_sessions_last_seq_check"),
        ("UPDATE messages SET seq = seq + 10".to_owned(), "messages_order_check"),
        ("DELETE FROM messages WHERE seq = 2".to_owned(), "messages_order_check"),
        ("DELETE FROM messages".to_owned(), "messages_order_check"),
        ("UPDATE messages SET role = 'robot'".to_owned(), "messages_role_check"),
        ("UPDATE messages SET meta = '[]'".to_owned(), "messages_meta_check"),
    ];
    for (statement, rule) in refused {
        assert_eq!(refused_by(sql(&conn, &statement).await), rule, "{statement}");
    }
    sql(&conn, &(count_to(3) + &insert(3))).await.unwrap();
}

#[tokio::test]
async fn a_value_that_a_domain_refuses_is_told_by_the_name_of_its_columns_rule() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let owner = user(&conn, "A").await.id;
    let chat = chat(&conn, owner).await.id;
    Message::append(&conn, chat, &NewMessage::user("x")).await.unwrap();
    let long = "x".repeat(201);
    let refused = [
        ("INSERT INTO messages (session_id, seq, role, content) SELECT id, 0, 'user', 'x' FROM chat_sessions".to_owned(),
            "messages_seq_check"),
        ("UPDATE messages SET role = NULLIF('', 'x')".to_owned(), "messages_role_check"),
        ("UPDATE messages SET meta = '1'".to_owned(), "messages_meta_check"),
        ("UPDATE chat_sessions SET last_seq = -1".to_owned(), "chat_sessions_last_seq_check"),
        ("UPDATE chat_sessions SET state = 'closed'".to_owned(), "chat_sessions_state_check"),
        ("UPDATE chat_sessions SET title = ''".to_owned(), "chat_sessions_title_check"),
        (format!("UPDATE chat_sessions SET title = '{long}'"), "chat_sessions_title_check"),
        ("INSERT INTO chat_sessions (user_id, tool_id, last_seq) SELECT user_id, tool_id, -1 FROM chat_sessions".to_owned(),
            "chat_sessions_last_seq_check"),
    ];
    for (statement, rule) in refused {
        assert_eq!(refused_by(sql(&conn, &statement).await), rule, "{statement}");
    }
    let renamed = ChatSession::rename(&conn, chat, Some(long.as_str())).await;
    assert!(
        matches!(renamed, Err(Error::Invalid { ref field, .. }) if field == "chat_sessions_title_check"),
        "{renamed:?}"
    );
}

#[tokio::test]
async fn nothing_is_written_into_completed_or_deleted_chats_and_completed_means_ended() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let owner = user(&conn, "A").await.id;
    let completed = chat(&conn, owner).await;
    let new = NewChatSession::new(owner, completed.tool_id);
    let deleted = ChatSession::create(&conn, &new).await.unwrap().id;
    let completed = completed.id;
    assert_eq!(
        refused_by(sql(&conn, "UPDATE chat_sessions SET state = 'completed'").await),
        "chat_sessions_ended_at_check"
    );
    assert_eq!(
        refused_by(sql(&conn, "UPDATE chat_sessions SET ended_at = now()").await),
        "chat_sessions_ended_at_check"
    );
    ChatSession::complete(&conn, completed).await.unwrap();
    ChatSession::soft_delete(&conn, deleted).await.unwrap();
    let rules = ["chat_sessions_writable_check", "chat_sessions_deleted_check"];
    for (id, rule) in [completed, deleted].into_iter().zip(rules) {
        let append = Message::append(&conn, id, &NewMessage::user("x")).await;
        assert_eq!(refused_by(append), rule);
        let statements = [
            format!("UPDATE chat_sessions SET last_seq = 1 WHERE id = '{id}'"),
            format!(
                "INSERT INTO messages (session_id, seq, role, content) VALUES ('{id}', 1, 'user', 'x')"
            ),
        ];
        for statement in statements {
            let error = sql(&conn, &statement).await.unwrap_err();
            assert!(matches!(error, Error::ForbiddenState { .. }), "{statement}: {error:?}");
            assert_eq!(error.rule(), Some(rule));
        }
    }
}

#[tokio::test]
async fn sizes_and_limits_are_never_negative() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let user_id = user(&conn, "A").await.id;
    let limit = |file, quota| NewUserStorageLimit {
        user_id,
        max_file_size_bytes: file,
        storage_quota_bytes: quota,
        set_by: None,
        reason: None,
    };
    assert_eq!(
        refused_by(UserStorageLimit::set(&conn, &limit(Some(-1), None)).await),
        "user_storage_limits_max_file_size_bytes_check"
    );
    assert_eq!(
        refused_by(UserStorageLimit::set(&conn, &limit(None, Some(-1))).await),
        "user_storage_limits_storage_quota_bytes_check"
    );
    UserStorageLimit::set(&conn, &limit(Some(0), Some(0))).await.unwrap();
    assert_eq!(
        refused_by(sql(&conn, "UPDATE user_storage_limits SET used_bytes = -1").await),
        "user_storage_limits_used_bytes_check"
    );
    let file = format!(
        "INSERT INTO files (original_name, mime_type, size_bytes, storage_backend, storage_key, uploaded_by)
         VALUES ('f', 'text/plain', -1, 'local', 'k', '{user_id}')"
    );
    assert_eq!(refused_by(sql(&conn, &file).await), "files_size_bytes_check");
    let file = NewFile {
        id: FileId::generate(),
        original_name: "f".to_owned(),
        mime_type: "text/plain".to_owned(),
        size_bytes: -1,
        storage_backend: StorageBackend::Local,
        storage_key: "k".to_owned(),
        uploaded_by: user_id,
        group_id: None,
        purpose: "general".to_owned(),
    };
    assert_eq!(refused_by(File::create(&conn, &file).await), "files_size_bytes_check");
    let room = NewStorageReservation::new(user_id, -1);
    assert_eq!(
        refused_by(StorageReservation::reserve(&conn, &room).await),
        "storage_reservations_size_bytes_check"
    );
}

#[tokio::test]
async fn a_sessions_context_is_one_of_those_that_are_known_and_a_shared_device_stays_short() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let user_id = user(&conn, "A").await.id;
    let insert = format!(
        "INSERT INTO sessions (user_id, token_hash, context, expires_at)
         VALUES ('{user_id}', sha256('x'), 'carrier_pigeon', now() + interval '1 hour')"
    );
    assert_eq!(refused_by(sql(&conn, &insert).await), "sessions_context_check");
    let (long, _) = NewSession::new(user_id, SessionContext::Shared, NewSession::LIFETIME);
    assert_eq!(refused_by(Session::create(&conn, &long).await), "sessions_shared_lifetime_check");
    let (new, _) =
        NewSession::new(user_id, SessionContext::Shared, std::time::Duration::from_secs(60));
    Session::create(&conn, &new).await.unwrap();
    let extend = "UPDATE sessions SET expires_at = now() + interval '3 hours'";
    assert_eq!(refused_by(sql(&conn, extend).await), "sessions_shared_lifetime_check");
}

#[tokio::test]
async fn a_class_has_no_teacher_from_outside_its_district() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let here = group(&conn, GroupType::District, None, "Here").await.id;
    let school = group(&conn, GroupType::School, here, "S").await.id;
    let next_door = group(&conn, GroupType::School, here, "Next door").await.id;
    let elsewhere = group(&conn, GroupType::District, None, "Elsewhere").await.id;
    let class = Class::create(&conn, &NewClass::new(school, "7b")).await.unwrap().id;
    let stranger = user(&conn, "Stranger").await.id;
    let outsider = user(&conn, "Outsider").await.id;
    GroupMember::set_role(&conn, elsewhere, outsider, GroupRole::Teacher).await.unwrap();
    let rule = "class_members_teacher_tree_check";
    for id in [stranger, outsider] {
        assert_eq!(
            refused_by(ClassMember::enrol(&conn, class, id, ClassRole::Teacher).await),
            rule
        );
        let insert = format!(
            "INSERT INTO class_members (class_id, user_id, role) VALUES ('{class}', '{id}', 'teacher')"
        );
        assert_eq!(refused_by(sql(&conn, &insert).await), rule);
        ClassMember::enrol(&conn, class, id, ClassRole::Student).await.unwrap();
        assert_eq!(refused_by(sql(&conn, "UPDATE class_members SET role = 'teacher'").await), rule);
        ClassMember::delete(&conn, class, id).await.unwrap();
    }
    for home in [here, school, next_door] {
        let teacher = user(&conn, "Teacher").await.id;
        GroupMember::set_role(&conn, home, teacher, GroupRole::Teacher).await.unwrap();
        ClassMember::enrol(&conn, class, teacher, ClassRole::Teacher).await.unwrap();
    }
    let school_elsewhere = group(&conn, GroupType::School, elsewhere, "S").await.id;
    let away = homeroom::ClassChanges { group_id: Some(school_elsewhere), ..Default::default() };
    assert_eq!(
        refused_by(Class::update(&conn, class, &away).await),
        rule,
        "its teachers stay behind"
    );
}

#[tokio::test]
async fn updated_at_moves_on_every_real_change() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let person = user(&conn, "A").await;
    let district = group(&conn, GroupType::District, None, "D").await;
    let class = Class::create(&conn, &NewClass::new(district.id, "7b")).await.unwrap();
    let member =
        GroupMember::set_role(&conn, district.id, person.id, GroupRole::Teacher).await.unwrap();
    sql(
        &conn,
        "UPDATE users SET name = 'B'; UPDATE groups SET name = 'E'; UPDATE classes SET name = '8b';
         UPDATE group_members SET role = 'student'",
    )
    .await
    .unwrap();
    assert!(User::get(&conn, person.id).await.unwrap().updated_at > person.updated_at);
    assert!(Group::get(&conn, district.id).await.unwrap().updated_at > district.updated_at);
    assert!(Class::get(&conn, class.id).await.unwrap().updated_at > class.updated_at);
    let moved = GroupMember::get(&conn, district.id, person.id).await.unwrap();
    assert!(moved.updated_at > member.updated_at);
    let renamed = UserChanges { name: Some("C".to_owned()), ..Default::default() };
    let before = User::get(&conn, person.id).await.unwrap();
    let after = User::update(&conn, person.id, &renamed).await.unwrap();
    assert!(after.updated_at > before.updated_at);
    let again = User::update(&conn, person.id, &renamed).await.unwrap();
    assert_eq!(again.updated_at, after.updated_at);
    sql(&conn, "UPDATE group_members SET role = 'student'").await.unwrap();
    let still = GroupMember::get(&conn, district.id, person.id).await.unwrap();
    assert_eq!(still.updated_at, moved.updated_at, "the same value is no change");
}

#[tokio::test]
async fn a_session_is_read_only_for_a_live_and_active_person_and_only_its_hash_is_stored() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let person = user(&conn, "A").await;
    let (new, token) = NewSession::new(person.id, SessionContext::Personal, NewSession::LIFETIME);
    let session = Session::create(&conn, &new).await.unwrap();
    assert_eq!(session.token_hash, token.hash());
    let again = token.expose().parse().unwrap();
    let policy = SessionPolicy::default();
    let found = Session::authenticate(&conn, &again, &policy).await.unwrap().unwrap();
    assert_eq!((found.session.id, found.user.id), (session.id, person.id));

    for status in [UserStatus::Suspended, UserStatus::PendingVerification] {
        let changes = UserChanges { status: Some(status), ..Default::default() };
        User::update(&conn, person.id, &changes).await.unwrap();
        assert!(Session::authenticate(&conn, &token, &policy).await.unwrap().is_none(), "{status}");
    }
    let active = UserChanges { status: Some(UserStatus::Active), ..Default::default() };
    User::update(&conn, person.id, &active).await.unwrap();
    assert!(Session::authenticate(&conn, &token, &policy).await.unwrap().is_some());
    User::soft_delete(&conn, person.id).await.unwrap();
    assert!(Session::authenticate(&conn, &token, &policy).await.unwrap().is_none());
}

#[tokio::test]
async fn expired_sessions_are_void_and_purged_in_batches() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let person = user(&conn, "A").await.id;
    let mut tokens = Vec::new();
    for _ in 0..5 {
        let (new, token) = NewSession::new(person, SessionContext::Personal, NewSession::LIFETIME);
        Session::create(&conn, &new).await.unwrap();
        tokens.push(token);
    }
    sql(
        &conn,
        "UPDATE sessions SET created_at = now() - interval '2 days', expires_at = now() - interval '1 day'
         WHERE id IN (SELECT id FROM sessions ORDER BY id LIMIT 3)",
    )
    .await
    .unwrap();
    let policy = SessionPolicy::default();
    assert!(Session::authenticate(&conn, &tokens[0], &policy).await.unwrap().is_none());
    assert!(Session::authenticate(&conn, &tokens[4], &policy).await.unwrap().is_some());
    assert_eq!(Session::purge_expired(&conn, &policy, 2).await.unwrap(), 2);
    assert_eq!(Session::purge_expired(&conn, &policy, 2).await.unwrap(), 1);
    assert_eq!(Session::purge_expired(&conn, &policy, 2).await.unwrap(), 0);
    assert_eq!(Session::delete_all(&conn, person).await.unwrap(), 2);
}

#[tokio::test]
async fn a_persons_files_leave_their_storage_keys_when_they_go() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let person = user(&conn, "A").await.id;
    let insert = format!(
        "INSERT INTO files (original_name, mime_type, size_bytes, storage_backend, storage_key, uploaded_by)
         SELECT 'f', 'text/plain', 1, 'local', 'key ' || n, '{person}' FROM generate_series(1, 3) n"
    );
    sql(&conn, &insert).await.unwrap();
    sql(&conn, "DELETE FROM files WHERE storage_key = 'key 1'").await.unwrap();
    sql(&conn, &format!("DELETE FROM users WHERE id = '{person}'")).await.unwrap();
    let queued = homeroom::DeletedBlob::list(&conn, &Default::default()).await.unwrap().items;
    let mut keys: Vec<_> = queued.into_iter().map(|blob| blob.storage_key).collect();
    keys.sort();
    assert_eq!(keys, ["key 1", "key 2", "key 3"]);
}

#[tokio::test]
async fn nothing_live_is_added_to_what_is_deleted() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let district = group(&conn, GroupType::District, None, "D").await.id;
    let school = group(&conn, GroupType::School, district, "S").await.id;
    let class = Class::create(&conn, &NewClass::new(school, "7b")).await.unwrap().id;
    let person = user(&conn, "A").await.id;
    Group::archive(&conn, district).await.unwrap();
    let forbidden = |error: Error| matches!(error, Error::ForbiddenState { .. });
    let new = NewGroup::new(GroupType::School, district, "T");
    assert!(forbidden(Group::create(&conn, &new).await.unwrap_err()));
    assert!(forbidden(Class::create(&conn, &NewClass::new(school, "8b")).await.unwrap_err()));
    assert!(forbidden(
        Tool::create(&conn, &new_tool(Some(school), "T", "1.0.0")).await.unwrap_err()
    ));
    assert!(forbidden(
        GroupMember::set_role(&conn, school, person, GroupRole::Student).await.unwrap_err()
    ));
    assert!(forbidden(
        ClassMember::enrol(&conn, class, person, ClassRole::Student).await.unwrap_err()
    ));
}
