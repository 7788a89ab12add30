//! Real packages: what goes in is what is there, row by row.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;

use homeroom::testing::TestDatabase;
use insta::assert_snapshot;

use super::{fingerprint, import, test_data, texts};

type Rows = Vec<BTreeMap<String, String>>;

/// Reads a file of a package in another way than the library does: whole.
fn rows(package: &Path, file: &str) -> Rows {
    let mut text = String::new();
    if package.is_dir() {
        text = std::fs::read_to_string(package.join(file)).unwrap();
    } else {
        let mut zip = zip::ZipArchive::new(std::fs::File::open(package).unwrap()).unwrap();
        zip.by_name(file).unwrap().read_to_string(&mut text).unwrap();
    }
    csv::Reader::from_reader(text.as_bytes()).deserialize().map(Result::unwrap).collect()
}

fn set(rows: impl IntoIterator<Item = String>) -> BTreeSet<String> {
    rows.into_iter().collect()
}

#[track_caller]
fn assert_same(what: &str, found: Vec<String>, expected: &BTreeSet<String>) {
    let (rows, found) = (found.len(), set(found));
    let missing: Vec<_> = expected.difference(&found).take(3).collect();
    let extra: Vec<_> = found.difference(expected).take(3).collect();
    assert!(
        missing.is_empty() && extra.is_empty(),
        "{what}: missing {missing:?}, too many {extra:?}"
    );
    assert_eq!(rows, expected.len(), "{what}: something is there twice");
}

/// Imports a package twice and compares every row of it with the tables.
async fn check(name: &str) -> Option<String> {
    let path = test_data(name)?;
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    let report = import(&mut conn, &path).await.unwrap();

    let (orgs, users, classes) =
        (rows(&path, "orgs.csv"), rows(&path, "users.csv"), rows(&path, "classes.csv"));
    let enrolments = rows(&path, "enrollments.csv");
    let expected = orgs.iter().map(|org| {
        format!(
            "{}: {} ({}) under {}",
            org["sourcedId"], org["name"], org["type"], org["parentSourcedId"]
        )
    });
    assert_same("orgs", texts(&conn, include_str!("groups.sql")).await, &set(expected));

    let expected = users.iter().map(|user| {
        let name = format!("{} {}", user["givenName"], user["familyName"]);
        format!("{}: {} <{}> active", user["sourcedId"], name.trim(), user["email"])
    });
    assert_same("users", texts(&conn, include_str!("users.sql")).await, &set(expected));

    let expected = if report.version == "1.1" {
        let pairs = users.iter().flat_map(|user| {
            user["orgSourcedIds"]
                .split(',')
                .map(|org| format!("{} in {org}: {}", user["sourcedId"], user["role"]))
        });
        set(pairs)
    } else {
        let roles = rows(&path, "roles.csv");
        set(roles.iter().map(|role| {
            format!("{} in {}: {}", role["userSourcedId"], role["orgSourcedId"], role["role"])
        }))
    };
    assert_same("memberships", texts(&conn, include_str!("memberships.sql")).await, &expected);

    let courses = rows(&path, "courses.csv");
    let course_titles: BTreeMap<&str, &str> = courses
        .iter()
        .map(|course| (course["sourcedId"].as_str(), course["title"].as_str()))
        .collect();
    let expected = classes.iter().map(|class| {
        format!(
            "{}: {} in {}, course {}, code {}, type {}, grades {}, terms {}, periods {}",
            class["sourcedId"],
            class["title"],
            class["schoolSourcedId"],
            course_titles[class["courseSourcedId"].as_str()],
            class["classCode"],
            class["classType"],
            class["grades"],
            class["termSourcedIds"],
            class["periods"],
        )
    });
    assert_same("classes", texts(&conn, include_str!("classes.sql")).await, &set(expected));

    let expected = enrolments.iter().map(|enrolment| {
        format!(
            "{} in {}: {}",
            enrolment["userSourcedId"], enrolment["classSourcedId"], enrolment["role"]
        )
    });
    assert_same("enrolments", texts(&conn, include_str!("enrolments.sql")).await, &set(expected));

    let before = fingerprint(&conn).await;
    let again = import(&mut conn, &path).await.unwrap();
    assert!(again.is_unchanged(), "{again:?}");
    assert_eq!(again.enrolments.unchanged, report.enrolments.created);
    assert_eq!(
        fingerprint(&conn).await,
        before,
        "the second import changes nothing, not even updated_at"
    );
    Some(serde_json::to_string(&report).unwrap())
}

#[tokio::test]
async fn aberdeen_comes_in_without_loss() {
    if let Some(report) = check("roster/aberdeen-1.1").await {
        assert_snapshot!(report, @r#"{"source":"oneroster:5300030","version":"1.1","groups":{"created":14,"changed":0,"unchanged":0,"restored":0,"deleted":0,"absent":0},"users":{"created":3506,"changed":0,"unchanged":0,"restored":0,"deleted":0,"absent":0},"classes":{"created":545,"changed":0,"unchanged":0,"restored":0,"deleted":0,"absent":0},"memberships":{"created":3506,"changed":0,"unchanged":0,"removed":0,"absent":0},"enrolments":{"created":11469,"changed":0,"unchanged":0,"removed":0,"absent":0},"teachers_added":0,"files":{"academicSessions.csv":{"rows":3,"imported":true,"columns_without_place":{"parentSourcedId":2}},"classes.csv":{"rows":545,"imported":true},"courses.csv":{"rows":8,"imported":true},"enrollments.csv":{"rows":11469,"imported":true,"columns_without_place":{"primary":545}},"orgs.csv":{"rows":14,"imported":true,"columns_without_place":{"identifier":14}},"users.csv":{"rows":3506,"imported":true,"columns_without_place":{"grades":3304,"username":3506}}},"skipped":[{"file":"courses.csv","what":"course","reason":"no class of the package is held in it","rows":3}]}"#);
    }
}

#[tokio::test]
async fn marysville_comes_in_without_loss() {
    if let Some(report) = check("roster/marysville-1.2.zip").await {
        assert_snapshot!(report, @r#"{"source":"oneroster:5304860","version":"1.2","groups":{"created":25,"changed":0,"unchanged":0,"restored":0,"deleted":0,"absent":0},"users":{"created":10738,"changed":0,"unchanged":0,"restored":0,"deleted":0,"absent":0},"classes":{"created":1403,"changed":0,"unchanged":0,"restored":0,"deleted":0,"absent":0},"memberships":{"created":10738,"changed":0,"unchanged":0,"removed":0,"absent":0},"enrolments":{"created":33915,"changed":0,"unchanged":0,"removed":0,"absent":0},"teachers_added":0,"files":{"academicSessions.csv":{"rows":3,"imported":true,"columns_without_place":{"parentSourcedId":2}},"classes.csv":{"rows":1403,"imported":true},"courses.csv":{"rows":8,"imported":true},"enrollments.csv":{"rows":33915,"imported":true,"columns_without_place":{"primary":1403}},"orgs.csv":{"rows":25,"imported":true,"columns_without_place":{"identifier":25}},"roles.csv":{"rows":10738,"imported":true,"columns_without_place":{"roleType":10738}},"users.csv":{"rows":10738,"imported":true,"columns_without_place":{"grades":10196,"primaryOrgSourcedId":10738,"username":10738}}},"skipped":[{"file":"courses.csv","what":"course","reason":"no class of the package is held in it","rows":3}]}"#);
    }
}

#[tokio::test]
async fn seattle_comes_in_without_loss() {
    if let Some(report) = check("roster/seattle-1.1.zip").await {
        assert_snapshot!(report, @r#"{"source":"oneroster:5307710","version":"1.1","groups":{"created":109,"changed":0,"unchanged":0,"restored":0,"deleted":0,"absent":0},"users":{"created":54067,"changed":0,"unchanged":0,"restored":0,"deleted":0,"absent":0},"classes":{"created":6668,"changed":0,"unchanged":0,"restored":0,"deleted":0,"absent":0},"memberships":{"created":54067,"changed":0,"unchanged":0,"removed":0,"absent":0},"enrolments":{"created":164197,"changed":0,"unchanged":0,"removed":0,"absent":0},"teachers_added":0,"files":{"academicSessions.csv":{"rows":3,"imported":true,"columns_without_place":{"parentSourcedId":2}},"classes.csv":{"rows":6668,"imported":true},"courses.csv":{"rows":8,"imported":true},"enrollments.csv":{"rows":164197,"imported":true,"columns_without_place":{"primary":6668}},"orgs.csv":{"rows":109,"imported":true,"columns_without_place":{"identifier":109}},"users.csv":{"rows":54067,"imported":true,"columns_without_place":{"grades":51025,"username":54067}}},"skipped":[{"file":"courses.csv","what":"course","reason":"no class of the package is held in it","rows":3}]}"#);
    }
}
