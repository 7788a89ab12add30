//! The merge law: associative, the child wins, locks hold; and the database does as the model does.

use homeroom::testing::TestDatabase;
use homeroom::{
    Class, ClassChanges, EffectiveSettings, Group, GroupChanges, GroupType, NewClass, Settings,
    system_default,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Map, Value, json};

use super::model::{Layer, comparable};
use crate::group;

/// Few names, so that keys meet.
fn object(leaf: BoxedStrategy<Value>) -> impl Strategy<Value = Value> {
    let inner = leaf.prop_recursive(3, 12, 3, |inner| {
        prop::collection::btree_map("[abc]", inner, 0..3)
            .prop_map(|entries| Value::Object(entries.into_iter().collect()))
    });
    prop::collection::btree_map("[abc]", inner, 0..3)
        .prop_map(|entries| Value::Object(entries.into_iter().collect()))
}

fn settings() -> impl Strategy<Value = Value> {
    let values = prop_oneof![(0..9).prop_map(|n| json!(n)), Just(json!(null)), Just(json!([{}]))];
    let locks = prop_oneof![4 => Just(json!(true)), 1 => Just(json!(false))];
    (object(values.boxed()), prop::option::weighted(0.4, object(locks.boxed()))).prop_map(
        |(mut settings, locked)| {
            if let (Some(object), Some(locked)) = (settings.as_object_mut(), locked) {
                object.insert("locked".to_owned(), locked);
            }
            settings
        },
    )
}

fn layer() -> impl Strategy<Value = Layer> {
    settings().prop_map(|settings| Layer::of(&settings))
}

proptest! {
    #![proptest_config(Config { cases: 2_000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn merging_is_associative(a in layer(), b in layer(), c in layer()) {
        prop_assert_eq!(a.then(&b).then(&c), a.then(&b.then(&c)));
    }

    #[test]
    fn who_sets_nothing_changes_nothing(a in layer()) {
        let nothing = Layer::default();
        prop_assert_eq!(&a.then(&nothing), &a);
        prop_assert_eq!(&nothing.then(&a), &a);
    }

    #[test]
    fn the_child_wins_where_nothing_is_locked(parent in layer(), child in layer()) {
        let merged = parent.then(&child).in_force();
        for (key, value) in child.in_force() {
            if !parent.locks().iter().any(|lock| comparable(lock, &key)) {
                prop_assert_eq!(merged.get(&key), Some(&value));
            }
        }
    }

    #[test]
    fn what_is_locked_stays_as_it_is(parent in layer(), child in layer()) {
        let (before, after) = (parent.in_force(), parent.then(&child).in_force());
        for lock in parent.locks() {
            let at_lock = |keys: &std::collections::BTreeMap<Vec<String>, Value>| {
                let mut keys = keys.clone();
                keys.retain(|key, _| key.starts_with(lock));
                keys
            };
            prop_assert_eq!(at_lock(&before), at_lock(&after));
        }
    }
}

/// The keys of the levels, from the root down to a class.
async fn levels(db: &TestDatabase) -> ([homeroom::GroupId; 4], homeroom::ClassId) {
    let conn = db.conn().await.unwrap();
    let district = group(&conn, GroupType::District, None, "D").await.id;
    let inner = group(&conn, GroupType::District, district, "I").await.id;
    let school = group(&conn, GroupType::School, inner, "S").await.id;
    let department = group(&conn, GroupType::Department, school, "T").await.id;
    let class = Class::create(&conn, &NewClass::new(department, "7b")).await.unwrap().id;
    ([district, inner, school, department], class)
}

#[test]
fn the_database_merges_as_the_model_does() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let db = runtime.block_on(TestDatabase::create());
    let (groups, class) = runtime.block_on(levels(&db));
    let conn = runtime.block_on(db.conn()).unwrap();
    let system = serde_json::to_value(system_default()).unwrap();

    let mut runner =
        TestRunner::new(Config { cases: 300, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&prop::collection::vec(settings(), 5), |levels| {
        let set =
            |level: usize| -> Settings { serde_json::from_value(levels[level].clone()).unwrap() };
        let (at_group, at_class) = runtime.block_on(async {
            for (level, id) in groups.into_iter().enumerate() {
                let changes = GroupChanges { settings: Some(set(level)), ..Default::default() };
                Group::update(&conn, id, &changes).await.unwrap();
            }
            let changes = ClassChanges { settings: Some(set(4)), ..Default::default() };
            Class::update(&conn, class, &changes).await.unwrap();
            (
                EffectiveSettings::of_group(&conn, groups[3]).await.unwrap(),
                EffectiveSettings::of_class(&conn, class).await.unwrap(),
            )
        });
        let mut model = Layer::of(&system);
        for level in &levels[..4] {
            model = model.then(&Layer::of(level));
        }
        prop_assert_eq!(serde_json::to_value(&at_group.settings).unwrap(), model.render());
        model = model.then(&Layer::of(&levels[4]));
        prop_assert_eq!(serde_json::to_value(&at_class.settings).unwrap(), model.render());

        // Where a key comes from is the level that set this value.
        for (key, from) in &at_class.provenance {
            let level = match (from.class_id, from.group_id) {
                (Some(_), _) => &levels[4],
                (None, Some(id)) => &levels[groups.iter().position(|group| *group == id).unwrap()],
                (None, None) => &system,
            };
            let pointer = format!("/{}", key.replace('.', "/"));
            let effective = serde_json::to_value(&at_class.settings).unwrap();
            prop_assert_eq!(level.pointer(&pointer), effective.pointer(&pointer), "{}", key);
        }
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn the_model_opens_objects_and_nothing_else() {
    let settings = json!({ "a": { "b": 1, "c": {} }, "d": [{ "e": 1 }], "locked": { "a": true, "d": { "x": false } } });
    let layer = Layer::of(&settings);
    assert_eq!(layer.render(), json!({ "a": { "b": 1 }, "d": [{ "e": 1 }] }));
    assert_eq!(layer.locks().iter().collect::<Vec<_>>(), [&["a".to_owned()]]);
    assert_eq!(Layer::of(&Value::Object(Map::new())), Layer::default());
}
