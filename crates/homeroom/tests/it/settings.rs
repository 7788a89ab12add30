//! What is in force at a group or a class, and where it came from.

mod law;
mod model;

use homeroom::testing::TestDatabase;
use homeroom::{
    Class, ClassId, EffectiveSettings, Error, Group, GroupId, GroupType, NewClass, NewGroup,
    Provenance, Settings, system_default,
};
use serde_json::{Value, json};

use crate::{refused_by, sql};

async fn with_settings(
    db: &TestDatabase,
    kind: GroupType,
    parent: Option<GroupId>,
    settings: Value,
) -> GroupId {
    let settings: Settings = serde_json::from_value(settings).unwrap();
    let new = NewGroup::new(kind, parent, kind.to_string()).settings(settings);
    Group::create(&db.conn().await.unwrap(), &new).await.unwrap().id
}

#[tokio::test]
async fn a_child_wins_key_by_key_and_every_key_says_where_it_came_from() {
    let db = TestDatabase::create().await;
    let district = with_settings(
        &db,
        GroupType::District,
        None,
        json!({ "language": "en", "chat": { "max_turns": 50, "model": { "name": "small" } }, "theme": "plain" }),
    )
    .await;
    let school = with_settings(
        &db,
        GroupType::School,
        Some(district),
        json!({ "language": "es", "chat": { "max_turns": 20, "model": "none" }, "storage": { "storage_quota_bytes": 5 } }),
    )
    .await;
    let department = with_settings(
        &db,
        GroupType::Department,
        Some(school),
        json!({ "chat": { "hints": [1, 2] }, "theme": { "dark": true }, "empty": {} }),
    )
    .await;

    let effective =
        EffectiveSettings::of_group(&db.conn().await.unwrap(), department).await.unwrap();
    assert_eq!(
        serde_json::to_value(&effective.settings).unwrap(),
        json!({
            "storage": { "max_file_size_bytes": 10 << 20, "storage_quota_bytes": 5 },
            "language": "es",
            "chat": { "max_turns": 20, "model": "none", "hints": [1, 2] },
            "theme": { "dark": true },
        })
    );
    let lines: Vec<String> = effective
        .provenance
        .iter()
        .map(|(key, from)| {
            let path = from.path.as_ref().map_or("system default".to_owned(), ToString::to_string);
            format!("{key}: {path}")
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @"
    chat.hints: district.school.department
    chat.max_turns: district.school
    chat.model: district.school
    language: district.school
    storage.max_file_size_bytes: system default
    storage.storage_quota_bytes: district.school
    theme.dark: district.school.department
    ");
}

#[tokio::test]
async fn a_group_that_is_not_there_has_no_settings() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let error = EffectiveSettings::of_group(&conn, GroupId::generate()).await.unwrap_err();
    assert!(matches!(error, Error::NotFound { entity: "group", .. }), "{error:?}");
}

#[tokio::test]
async fn unknown_keys_are_preserved() {
    let db = TestDatabase::create().await;
    let settings = json!({ "storage": { "max_file_size_bytes": 7, "region": "eu" }, "x": [null, { "y": 1.5 }] });
    let id = with_settings(&db, GroupType::District, None, settings.clone()).await;
    let group = Group::get(&db.conn().await.unwrap(), id).await.unwrap();
    assert_eq!(serde_json::to_value(&group.settings).unwrap(), settings);
}

fn names(keys: &std::collections::BTreeMap<String, Provenance>) -> Vec<String> {
    let name = |from: &Provenance| match (&from.class_id, &from.path) {
        (Some(_), Some(path)) => format!("a class of {path}"),
        (_, Some(path)) => path.to_string(),
        (_, None) => "system default".to_owned(),
    };
    keys.iter().map(|(key, from)| format!("{key}: {}", name(from))).collect()
}

#[tokio::test]
async fn a_class_has_its_own_settings_over_those_of_its_group() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let district = with_settings(
        &db,
        GroupType::District,
        None,
        json!({ "language": "en", "theme": "plain" }),
    )
    .await;
    let new = NewClass {
        settings: Settings::default().with("theme", "dark"),
        ..NewClass::new(district, "7b")
    };
    let class = Class::create(&conn, &new).await.unwrap().id;
    let effective = EffectiveSettings::of_class(&conn, class).await.unwrap();
    assert_eq!(effective.settings.get("theme"), Some(&json!("dark")));
    assert_eq!(
        names(&effective.provenance)[..2],
        ["language: district", "storage.max_file_size_bytes: system default"]
    );
    assert_eq!(effective.provenance["theme"].class_id, Some(class));
}

#[tokio::test]
async fn what_an_ancestor_locks_stays_in_force_below() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let district = with_settings(
        &db,
        GroupType::District,
        None,
        json!({
            "chat": { "max_turns": 50, "model": "small" },
            "language": "en",
            "locked": { "chat": { "max_turns": true }, "images": true, "language": false },
        }),
    )
    .await;
    let school = with_settings(
        &db,
        GroupType::School,
        Some(district),
        json!({
            "chat": { "max_turns": 900, "model": "large" },
            "images": { "allowed": true },
            "language": "es",
            "locked": { "chat": true },
        }),
    )
    .await;
    // What would replace the object around a locked key is refused with it.
    let department =
        with_settings(&db, GroupType::Department, Some(school), json!({ "chat": "none" })).await;
    let effective = EffectiveSettings::of_group(&conn, department).await.unwrap();
    let shown = serde_json::to_value(&effective.settings).unwrap();
    assert_eq!(shown["chat"], json!({ "max_turns": 50, "model": "large" }));
    assert_eq!((shown.get("images"), &shown["language"]), (None, &json!("es")));
    assert_eq!(
        names(&effective.locked),
        ["chat: district.school", "chat.max_turns: district", "images: district"]
    );
}

#[tokio::test]
async fn a_deleted_group_or_class_has_no_settings() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let district = with_settings(&db, GroupType::District, None, json!({})).await;
    let class = Class::create(&conn, &NewClass::new(district, "7b")).await.unwrap().id;
    let other = Class::create(&conn, &NewClass::new(district, "8b")).await.unwrap().id;
    Class::soft_delete(&conn, other).await.unwrap();
    for id in [other, ClassId::generate()] {
        let error = EffectiveSettings::of_class(&conn, id).await.unwrap_err();
        assert!(matches!(error, Error::NotFound { entity: "class", .. }), "{error:?}");
    }
    EffectiveSettings::of_class(&conn, class).await.unwrap();
    Group::archive(&conn, district).await.unwrap();
    assert!(EffectiveSettings::of_class(&conn, class).await.is_err());
    assert!(EffectiveSettings::of_group(&conn, district).await.is_err());
}

#[tokio::test]
async fn the_library_and_the_database_have_the_same_default() {
    use diesel_async::RunQueryDsl;

    #[derive(diesel::QueryableByName)]
    struct Default {
        #[diesel(sql_type = diesel::sql_types::Jsonb)]
        settings: Settings,
    }

    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    let query = diesel::sql_query("SELECT system_default_settings() AS settings");
    let row: Default = query.get_result(&mut *conn).await.unwrap();
    assert_eq!(row.settings, system_default());
}

#[tokio::test]
async fn settings_that_nobody_could_read_are_refused() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let district = with_settings(&db, GroupType::District, None, json!({})).await;
    Class::create(&conn, &NewClass::new(district, "7b")).await.unwrap();
    let (locked, storage) = ("settings_locked_check", "settings_storage_check");
    let refused = [
        (json!("text"), "settings_check"),
        (json!([]), "settings_check"),
        (json!({ "locked": true }), locked),
        (json!({ "locked": ["language"] }), locked),
        (json!({ "locked": { "chat": [true] } }), locked),
        (json!({ "locked": { "chat": { "model": null } } }), locked),
        (json!({ "storage": 5 }), storage),
        (json!({ "storage": { "storage_quota_bytes": -1 } }), storage),
        (json!({ "storage": { "storage_quota_bytes": 1.5 } }), storage),
        (json!({ "storage": { "max_file_size_bytes": "10 MiB" } }), storage),
        (json!({ "storage": { "max_file_size_bytes": null } }), storage),
        (json!({ "storage": { "max_file_size_bytes": u64::MAX } }), storage),
        (json!({ "storage": { "roles": [] } }), storage),
        (json!({ "storage": { "roles": { "student": 5 } } }), storage),
        (json!({ "storage": { "roles": { "student": { "storage_quota_bytes": -1 } } } }), storage),
    ];
    for (settings, rule) in refused {
        for table in ["groups", "classes"] {
            let update = format!("UPDATE {table} SET settings = '{settings}'");
            assert_eq!(
                refused_by(sql(&conn, &update).await),
                format!("{table}_{rule}"),
                "{settings}"
            );
        }
    }
    let kept = json!({
        "locked": { "storage": { "storage_quota_bytes": true } },
        "storage": { "storage_quota_bytes": 0, "x": "y", "roles": { "student": { "z": [1] }, "janitor": 7 } },
    });
    sql(&conn, &format!("UPDATE groups SET settings = '{kept}'")).await.unwrap();
    let group = Group::get(&conn, district).await.unwrap();
    assert_eq!(serde_json::to_value(&group.settings).unwrap(), kept);
}
