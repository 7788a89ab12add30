//! `homeroom group`.

use crate::aberdeen::{Aberdeen, SCHOOL, STUDENT, TEACHER};
use crate::{Home, database, homeroom_at, settings, sql};

#[tokio::test]
async fn the_tree_is_shown_whole_or_from_a_group_or_to_a_depth() {
    let aberdeen = Aberdeen::new().await;
    aberdeen.snapshot(
        "group_tree",
        &[
            "group tree",
            "group tree aberdeen --depth 1",
            "group tree aberdeen.miller_junior_high",
            "group show aberdeen",
            "group members aberdeen/miller-junior-high",
            "group members aberdeen",
            "group settings aberdeen/miller-junior-high/maths",
        ],
    );
    let tree = aberdeen.line("group tree --depth 0 --json").json();
    assert_eq!(tree[0]["path"], "aberdeen");
    assert_eq!((&tree[0]["students"], tree.as_array().unwrap().len()), (&1.into(), 1));
    let school = aberdeen.line(&format!("group show {SCHOOL} --json")).json();
    assert_eq!(school["children"][0]["name"], "Mathematics");
    // An id names it as well as a path does.
    let id = school["group"]["id"].as_str().unwrap();
    assert_eq!(aberdeen.line(&format!("group show {id} --json")).json(), school);
}

#[tokio::test]
async fn without_groups_the_tree_says_how_to_make_one() {
    let database = database().await;
    insta::assert_snapshot!(homeroom_at(database.url(), &["group", "tree"]).done(), @"there are no groups yet: `homeroom group create --type district NAME`, or `homeroom import roster PATH`");
}

#[tokio::test]
async fn a_group_is_moved_and_renamed_with_all_that_is_below_it() {
    let aberdeen = Aberdeen::new().await;
    aberdeen.line("group create --type district Hoquiam").done();
    aberdeen.snapshot(
        "group_moves",
        &[
            "group move aberdeen/miller-junior-high --to hoquiam",
            "group rename hoquiam/miller-junior-high Miller",
            "group rename hoquiam/miller-junior-high Miller --slug miller",
            "group tree",
            "group move aberdeen --to hoquiam",
            "group move hoquiam.aberdeen --to-root",
        ],
    );
}

#[tokio::test]
async fn what_can_not_stand_there_is_refused_in_words() {
    let aberdeen = Aberdeen::new().await;
    aberdeen.snapshot(
        "group_refused",
        &[
            "group create --type school Hoquiam",
            "group create --type school --parent aberdeen West --slug west-high",
            "group create --type school --parent aberdeen West --slug West_High",
            "group create --type district --parent nowhere West",
            "group move aberdeen --to aberdeen/west-high",
            "group move aberdeen/west-high --to-root",
            "group rename aberdeen/west-high East --slug miller-junior-high",
            "group move aberdeen/west-high",
            "group create --type college Hoquiam",
        ],
    );
    let long = "x".repeat(101);
    let refused = aberdeen.run(&["group", "rename", SCHOOL, &long]);
    insta::assert_snapshot!(refused.failed(), @"
    exit code 1
    error: can't rename aberdeen.miller_junior_high: a name has 1 to 100 characters, and one at least that is no space
    help: give another name
    ");
}

#[tokio::test]
async fn a_group_that_is_not_there_is_told_with_what_is() {
    let aberdeen = Aberdeen::new().await;
    aberdeen.snapshot(
        "group_not_found",
        &[
            "group show aberdeen/miller-junior-high/science/biology",
            "group show hoquiam/miller",
            "group show hoquiam",
            "group show a--b..c",
            "group show /",
            "group show Aberdeen;DROP",
            "group show 00000000-0000-7000-8000-000000000000",
            "group restore 00000000-0000-7000-8000-000000000000",
            "group restore aberdeen",
        ],
    );
}

#[tokio::test]
async fn an_archiving_asks_with_what_it_takes_and_can_be_taken_back() {
    let aberdeen = Aberdeen::new().await;
    let school = aberdeen.line(&format!("group show {SCHOOL} --json")).json();
    let id = school["group"]["id"].as_str().unwrap();
    aberdeen.snapshot(
        "group_archive",
        &[
            "group archive aberdeen",
            "group archive aberdeen/miller-junior-high --yes",
            "group show aberdeen/miller-junior-high",
            "group add aberdeen/miller-junior-high/maths zofia@aberdeen.example teacher",
            "group restore aberdeen/miller-junior-high/maths",
            "group restore aberdeen/miller-junior-high",
            "group tree",
        ],
    );
    // The path is free again, so that two archived groups can have had it.
    aberdeen.line(&format!("group archive {id} --yes")).done();
    aberdeen.line("group create --type school --parent aberdeen Miller-Junior-High").done();
    let refused = aberdeen.line(&format!("group restore {id}"));
    insta::assert_snapshot!(refused.failed(), @"
    exit code 1
    error: can't restore aberdeen.miller_junior_high: a group with this slug stands there already
    help: give another --slug, or rename the one that is there: `homeroom group rename GROUP NAME --slug SLUG`
    ");
    let archived = aberdeen.line(&format!("group archive {SCHOOL} --yes --json")).json();
    assert!(archived["deleted_at"].is_string(), "{archived}");
    let several = aberdeen.line(&format!("group restore {SCHOOL}")).failed();
    settings(&[]).bind(|| {
        insta::assert_snapshot!(several, @"
        exit code 1
        error: several archived groups were at aberdeen.miller_junior_high:
          [id] Miller-Junior-High, archived on [date and time]
          [id] Miller Junior High, archived on [date and time]
        help: name one by its id
        ");
    });
    aberdeen.line(&format!("group restore {id}")).done();
}

#[tokio::test]
async fn a_person_is_added_to_a_group_with_one_role_and_taken_out_again() {
    let aberdeen = Aberdeen::new().await;
    aberdeen.snapshot(
        "group_members",
        &[
            "group add aberdeen zofia@aberdeen.example group_admin",
            "group add aberdeen/miller-junior-high ZOFIA@aberdeen.example student",
            "group add aberdeen/miller-junior-high zofia@aberdeen.example student",
            "group add aberdeen zofia@aberdeen.example principal",
            "group add aberdeen nobody@aberdeen.example teacher",
            "group remove aberdeen zofia@aberdeen.example",
            "group add aberdeen minh@aberdeen.example group_admin",
            "user activate minh@aberdeen.example",
            "group remove aberdeen zofia@aberdeen.example",
            "group remove aberdeen zofia@aberdeen.example",
            "user suspend minh@aberdeen.example",
        ],
    );
    let roles =
        sql(aberdeen.url(), &["SELECT string_agg(role, ' ' ORDER BY role) FROM group_members"]);
    assert_eq!(roles, "group_admin student student");
}

#[tokio::test]
async fn the_people_of_a_group_are_listed_page_by_page() {
    let aberdeen = Aberdeen::new().await;
    let first = aberdeen.line(&format!("group members {SCHOOL} --limit 1")).done();
    let next = first.lines().last().unwrap().strip_prefix("next page: homeroom ").unwrap();
    assert!(first.contains(TEACHER) && !first.contains(STUDENT), "{first}");
    let second = aberdeen.line(next).done();
    assert!(!second.contains(TEACHER) && second.contains(STUDENT), "{second}");
    assert!(!second.contains("next page"), "{second}");
    let json = aberdeen.line(&format!("{next} --json")).json();
    assert_eq!(json["items"][0]["user"]["email"], STUDENT);
    assert_eq!((&json["items"][0]["role"], &json["next"]), (&"student".into(), &().into()));
    insta::assert_snapshot!(aberdeen.line("group members aberdeen --after 7b7d").failed(), @"
    exit code 1
    error: cursor is not valid: it was not made by this list
    help: take --after from the end of the page before, or leave it out for the first page
    ");
}

#[test]
fn a_newcomer_looks_around_after_an_import_without_setting_anything_up() {
    let folder = tempfile::tempdir().unwrap();
    let package = crate::import::package(folder.path());
    let home = Home::new();
    home.run(&["import", "roster", package.to_str().unwrap()]).done();
    let tree = home.run(&["group", "tree"]).done();
    let people = home.run(&["user", "list"]).done();
    let school = home.run(&["group", "tree", "--json"]).json()[1]["path"].clone();
    let classes = home.run(&["class", "list", "--group", school.as_str().unwrap()]).done();
    let counts = home.run(&["stats", "--json"]).json();
    settings(&[]).bind(|| insta::assert_snapshot!("newcomer", [tree, people, classes].join("\n")));
    assert_eq!((&counts["users"]["active"], &counts["classes"]["live"]), (&3.into(), &1.into()));
    // Nothing runs on behind the last command.
    assert_eq!(home.run(&["postgres", "status", "--json"]).json()["running"], false);
}

#[tokio::test]
async fn settings_are_shown_with_who_set_and_who_locked_them() {
    let aberdeen = Aberdeen::new().await;
    let set = |path: &str, settings: &str| {
        let update = format!("UPDATE groups SET settings = '{settings}' WHERE path = '{path}'");
        sql(aberdeen.url(), &[&update]);
    };
    insta::assert_snapshot!(aberdeen.line("group settings aberdeen").done(), @"
    Settings in force at aberdeen
    key                           value     set by
    ────────────────────────────────────────────────────────
    storage.max_file_size_bytes   10 MiB    system default
    storage.storage_quota_bytes   1.0 GiB   system default
    ");
    set(
        "aberdeen",
        r#"{"chat": {"model": "small", "max_turns": 50}, "locked": {"chat": {"max_turns": true}, "images": true}}"#,
    );
    set("aberdeen.west_high", r#"{"chat": {"model": "large", "max_turns": 900}}"#);
    insta::assert_snapshot!(aberdeen.line("group settings aberdeen/west-high").done(), @"
    Settings in force at aberdeen.west_high
    key                           value     set by              locked by
    ───────────────────────────────────────────────────────────────────────────────
    chat.max_turns                50        district Aberdeen   district Aberdeen
    chat.model                    large     school West High
    storage.max_file_size_bytes   10 MiB    system default
    storage.storage_quota_bytes   1.0 GiB   system default
    images                                                      district Aberdeen
    ");
}
