//! The tree: places, paths, moves, archiving.

use homeroom::testing::TestDatabase;
use homeroom::{Error, Group, GroupChanges, GroupType, NewGroup, PageRequest, Settings};

use crate::{group, refused_by, sql};

fn paths(groups: &[Group]) -> Vec<String> {
    groups.iter().map(|group| group.path.to_string()).collect()
}

#[tokio::test]
async fn a_path_is_made_of_the_slugs_from_the_root_down() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let state = group(&conn, GroupType::District, None, "Washington").await;
    let district = group(&conn, GroupType::District, state.id, "Aberdeen School District").await;
    let school = group(&conn, GroupType::School, district.id, "A J West Elementary").await;
    let maths = group(&conn, GroupType::Department, school.id, "Mathematics").await;
    let algebra = group(&conn, GroupType::Department, maths.id, "Algebra").await;
    assert_eq!(
        algebra.path.to_string(),
        "washington.aberdeen_school_district.a_j_west_elementary.mathematics.algebra"
    );
    assert_eq!(Group::find_by_path(&conn, &maths.path).await.unwrap().unwrap().id, maths.id);
    assert_eq!(
        paths(&Group::ancestors(&conn, school.id).await.unwrap()),
        [
            "washington",
            "washington.aberdeen_school_district",
            "washington.aberdeen_school_district.a_j_west_elementary",
        ]
    );
    assert_eq!(Group::descendants(&conn, school.id).await.unwrap().len(), 3);
    assert_eq!(
        Group::children(&conn, maths.id, &PageRequest::default()).await.unwrap().items,
        [algebra]
    );
}

#[tokio::test]
async fn each_type_stands_only_where_it_may() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let district = group(&conn, GroupType::District, None, "D").await.id;
    let school = group(&conn, GroupType::School, district, "S").await.id;
    let department = group(&conn, GroupType::Department, school, "P").await.id;
    let places = [None, Some(district), Some(school), Some(department)];
    // Rows: district, school, department; columns: at the root, under a district, a school, a department.
    let allowed = [
        (GroupType::District, [true, true, false, false]),
        (GroupType::School, [false, true, false, false]),
        (GroupType::Department, [false, false, true, true]),
    ];
    for (kind, allowed) in allowed {
        for (place, allowed) in places.into_iter().zip(allowed) {
            let result =
                Group::create(&conn, &NewGroup::new(kind, place, format!("new {kind}"))).await;
            if allowed {
                assert!(result.is_ok(), "{kind} under {place:?}: {result:?}");
            } else {
                assert_eq!(
                    refused_by(result),
                    "groups_parent_type_check",
                    "{kind} under {place:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_move_and_a_rename_carry_all_that_is_below() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let old = group(&conn, GroupType::District, None, "Old").await.id;
    let new = group(&conn, GroupType::District, None, "New").await.id;
    let school = group(&conn, GroupType::School, old, "School").await.id;
    let maths = group(&conn, GroupType::Department, school, "Maths").await.id;
    group(&conn, GroupType::Department, maths, "Algebra").await;

    let moved = Group::move_to(&conn, school, Some(new)).await.unwrap();
    assert_eq!(moved.path.to_string(), "new.school");
    let renamed = Group::rename(&conn, school, "Lincoln High", "lincoln-high").await.unwrap();
    assert_eq!(
        (renamed.name.as_str(), renamed.path.to_string().as_str()),
        ("Lincoln High", "new.lincoln_high")
    );
    assert_eq!(
        paths(&Group::descendants(&conn, new).await.unwrap()),
        ["new", "new.lincoln_high", "new.lincoln_high.maths", "new.lincoln_high.maths.algebra",]
    );
    assert_eq!(paths(&Group::descendants(&conn, old).await.unwrap()), ["old"]);
}

#[tokio::test]
async fn a_group_is_never_below_itself() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let district = group(&conn, GroupType::District, None, "D").await.id;
    let below = group(&conn, GroupType::District, district, "Below").await.id;
    let school = group(&conn, GroupType::School, below, "S").await.id;
    let outer = group(&conn, GroupType::Department, school, "Outer").await.id;
    let inner = group(&conn, GroupType::Department, outer, "Inner").await.id;
    for (id, parent) in [(district, district), (district, below), (outer, inner)] {
        assert_eq!(refused_by(Group::move_to(&conn, id, Some(parent)).await), "groups_cycle_check");
    }
}

#[tokio::test]
async fn archiving_takes_all_that_is_below_and_restoring_brings_back_what_went_with_it() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let district = group(&conn, GroupType::District, None, "D").await.id;
    let school = group(&conn, GroupType::School, district, "S").await.id;
    let closed = group(&conn, GroupType::Department, school, "Closed before").await.id;
    let open = group(&conn, GroupType::Department, school, "Open").await.id;
    Group::archive(&conn, closed).await.unwrap();
    Group::archive(&conn, district).await.unwrap();
    for id in [district, school, closed, open] {
        assert!(Group::find(&conn, id).await.unwrap().is_none());
        assert!(Group::find_with_deleted(&conn, id).await.unwrap().is_some());
    }

    let error = Group::restore(&conn, school).await.unwrap_err();
    assert!(matches!(error, Error::ForbiddenState { .. }), "its district is archived: {error:?}");
    Group::restore(&conn, district).await.unwrap();
    assert!(Group::find(&conn, open).await.unwrap().is_some());
    assert!(Group::find(&conn, closed).await.unwrap().is_none(), "it was archived on its own");
}

#[tokio::test]
async fn an_archived_group_gives_its_slug_free_and_its_tree_stays_apart_from_the_new_one() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let first = group(&conn, GroupType::District, None, "Twin").await.id;
    let first_school = group(&conn, GroupType::School, first, "School").await.id;
    Group::archive(&conn, first).await.unwrap();
    let second = group(&conn, GroupType::District, None, "Twin").await.id;
    let second_school = group(&conn, GroupType::School, second, "School").await.id;

    Group::rename(&conn, second, "Renamed", "renamed").await.unwrap();
    let untouched = Group::find_with_deleted(&conn, first_school).await.unwrap().unwrap();
    assert_eq!(untouched.path.to_string(), "twin.school", "the move followed parents, not paths");
    assert_eq!(Group::get(&conn, second_school).await.unwrap().path.to_string(), "renamed.school");
    Group::restore(&conn, first).await.unwrap();
    assert_eq!(Group::get(&conn, first_school).await.unwrap().path.to_string(), "twin.school");
}

#[tokio::test]
async fn a_slug_that_a_live_sibling_has_is_refused() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let a = group(&conn, GroupType::District, None, "A").await.id;
    let b = group(&conn, GroupType::District, None, "B").await.id;
    let school = group(&conn, GroupType::School, a, "Lincoln").await;
    group(&conn, GroupType::School, b, "Lincoln").await;
    let again = NewGroup::new(GroupType::School, a, "Lincoln");
    assert_eq!(refused_by(Group::create(&conn, &again).await), "groups_path_key");
    assert_eq!(refused_by(Group::move_to(&conn, school.id, Some(b)).await), "groups_path_key");
}

#[tokio::test]
async fn a_stricter_isolation_is_refused_for_changes_of_the_shape() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    group(&conn, GroupType::District, None, "D").await;
    for isolation in ["REPEATABLE READ", "SERIALIZABLE"] {
        let change = format!("BEGIN ISOLATION LEVEL {isolation}; UPDATE groups SET slug = 'e'");
        let error = sql(&conn, &change).await.unwrap_err();
        assert!(matches!(error, Error::ForbiddenState { .. }), "{error:?}");
        assert_eq!(error.rule(), Some("groups_isolation_check"));
        sql(&conn, "ROLLBACK").await.unwrap();
    }
}

#[tokio::test]
async fn settings_are_changed_in_place_and_updated_at_moves_only_on_a_real_change() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let before = group(&conn, GroupType::District, None, "D").await;
    let changes = GroupChanges { name: Some("D".to_owned()), settings: None };
    let same = Group::update(&conn, before.id, &changes).await.unwrap();
    assert_eq!(same.updated_at, before.updated_at, "nothing has changed");
    let changes =
        GroupChanges { settings: Some(Settings::default().with("language", "fi")), name: None };
    let after = Group::update(&conn, before.id, &changes).await.unwrap();
    assert!(after.updated_at > before.updated_at);
    assert_eq!(after.settings.get("language").unwrap(), "fi");
}
