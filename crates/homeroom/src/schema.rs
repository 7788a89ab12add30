//! Diesel's view of the tables, for queries of your own beside ours.
//!
//! Kept in step with the migrations by a test that compares every column (type, nullability and order) with the live
//! catalog.

#![allow(
    missing_docs,
    reason = "the tables and columns are described by COMMENT ON in the migrations"
)]

pub use homeroom_ltree::diesel::sql_types::Ltree;

diesel::table! {
    use diesel::sql_types::*;
    users (id) {
        id -> Uuid,
        email -> Nullable<Text>,
        name -> Text,
        password_hash -> Nullable<Text>,
        status -> Text,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        deleted_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Ltree;
    groups (id) {
        id -> Uuid,
        parent_id -> Nullable<Uuid>,
        name -> Text,
        slug -> Text,
        #[sql_name = "type"]
        kind -> Text,
        path -> Ltree,
        settings -> Jsonb,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        deleted_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    group_members (group_id, user_id) {
        group_id -> Uuid,
        user_id -> Uuid,
        role -> Text,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    sessions (id) {
        id -> Uuid,
        user_id -> Uuid,
        token_hash -> Bytea,
        context -> Text,
        created_at -> Timestamptz,
        last_activity_at -> Timestamptz,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    classes (id) {
        id -> Uuid,
        group_id -> Uuid,
        name -> Text,
        settings -> Jsonb,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        deleted_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    class_members (class_id, user_id) {
        class_id -> Uuid,
        user_id -> Uuid,
        role -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    tools (id) {
        id -> Uuid,
        group_id -> Nullable<Uuid>,
        #[sql_name = "type"]
        kind -> Text,
        name -> Text,
        version -> Text,
        definition -> Text,
        created_by -> Nullable<Uuid>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        deleted_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    chat_sessions (id) {
        id -> Uuid,
        user_id -> Uuid,
        tool_id -> Uuid,
        parent_session_id -> Nullable<Uuid>,
        fork_from_seq -> Nullable<Integer>,
        last_seq -> Integer,
        state -> Text,
        title -> Nullable<Text>,
        started_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        last_activity_at -> Timestamptz,
        deleted_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    messages (session_id, seq) {
        session_id -> Uuid,
        seq -> Integer,
        role -> Text,
        content -> Text,
        meta -> Jsonb,
        idempotency_key -> Nullable<Text>,
        created_at -> Timestamptz,
        origin_user_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    files (id) {
        id -> Uuid,
        original_name -> Text,
        mime_type -> Text,
        size_bytes -> BigInt,
        storage_backend -> Text,
        storage_key -> Text,
        uploaded_by -> Uuid,
        group_id -> Nullable<Uuid>,
        purpose -> Text,
        status -> Text,
        created_at -> Timestamptz,
        deleted_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    deleted_blobs (id) {
        id -> BigInt,
        storage_backend -> Text,
        storage_key -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    user_storage_limits (user_id) {
        user_id -> Uuid,
        max_file_size_bytes -> Nullable<BigInt>,
        storage_quota_bytes -> Nullable<BigInt>,
        used_bytes -> BigInt,
        set_by -> Nullable<Uuid>,
        reason -> Nullable<Text>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    storage_reservations (id) {
        id -> Uuid,
        uploaded_by -> Uuid,
        size_bytes -> BigInt,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    external_ids (source, kind, external_id) {
        source -> Text,
        kind -> Text,
        external_id -> Text,
        user_id -> Nullable<Uuid>,
        group_id -> Nullable<Uuid>,
        class_id -> Nullable<Uuid>,
        chat_session_id -> Nullable<Uuid>,
        created_at -> Timestamptz,
    }
}

diesel::joinable!(group_members -> groups (group_id));
diesel::joinable!(group_members -> users (user_id));
diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(classes -> groups (group_id));
diesel::joinable!(class_members -> classes (class_id));
diesel::joinable!(class_members -> users (user_id));
diesel::joinable!(tools -> groups (group_id));
diesel::joinable!(tools -> users (created_by));
diesel::joinable!(chat_sessions -> users (user_id));
diesel::joinable!(chat_sessions -> tools (tool_id));
diesel::joinable!(messages -> chat_sessions (session_id));
diesel::joinable!(files -> users (uploaded_by));
diesel::joinable!(files -> groups (group_id));
diesel::joinable!(storage_reservations -> users (uploaded_by));

diesel::allow_tables_to_appear_in_same_query!(
    users,
    groups,
    group_members,
    sessions,
    classes,
    class_members,
    tools,
    chat_sessions,
    messages,
    files,
    deleted_blobs,
    user_storage_limits,
    storage_reservations,
    external_ids,
);
