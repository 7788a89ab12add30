//! What becomes of each kind of row, in packages made for it.

use homeroom::roster::{self, ImportOptions, Package};
use homeroom::testing::TestDatabase;
use homeroom::{Group, GroupType, PageRequest};
use insta::assert_snapshot;

use super::made::Made;
use super::{fingerprint, import, texts};
use crate::group;

const PATHS: &str = "SELECT type || ' ' || path::text || ': ' || name AS content FROM groups WHERE deleted_at IS NULL ORDER BY path";

#[tokio::test]
async fn a_class_keeps_its_course_and_terms_in_its_settings() {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    import(&mut conn, Made::v1_1().path()).await.unwrap();
    let settings =
        texts(&conn, "SELECT jsonb_pretty(settings) AS content FROM classes ORDER BY name").await;
    assert_snapshot!(settings.join("\n"), @r#"
    {
        "roster": {
            "code": "0100",
            "type": "scheduled",
            "terms": [
                {
                    "id": "t1",
                    "end": "2026-01-30",
                    "type": "term",
                    "begin": "2025-09-03",
                    "title": "Fall 2025",
                    "school_year": "2026"
                },
                {
                    "id": "t2",
                    "end": "2026-06-18",
                    "type": "term",
                    "begin": "2026-02-02",
                    "title": "Spring 2026",
                    "school_year": "2026"
                }
            ],
            "course": {
                "id": "c1",
                "org": "d1",
                "code": "MAT100",
                "title": "Mathematics",
                "grades": [
                    "07",
                    "08"
                ],
                "subjects": [
                    "Mathematics"
                ],
                "school_year": "2025-26"
            },
            "grades": [
                "07",
                "08"
            ],
            "periods": [
                "1"
            ],
            "location": "Room 12",
            "subjects": [
                "Mathematics"
            ]
        }
    }
    {
        "roster": {
            "type": "homeroom",
            "terms": [
                {
                    "id": "t1",
                    "end": "2026-01-30",
                    "type": "term",
                    "begin": "2025-09-03",
                    "title": "Fall 2025",
                    "school_year": "2026"
                }
            ]
        }
    }
    "#);
}

#[tokio::test]
async fn organisations_above_a_district_become_districts_above_it() {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    let made = Made::v1_1()
        .replace(
            "orgs.csv",
            "d1,,,Aberdeen School District,district,,",
            "d1,,,Aberdeen School District,district,,l1",
        )
        // Parents may stand behind their children.
        .add("orgs.csv", "l1,,,Grays Harbor,local,,w1")
        .add("orgs.csv", "w1,,,Washington,state,,n1")
        .add("orgs.csv", "n1,,,USA,national,,")
        .add("orgs.csv", "p1,,,Mathematics,department,,s1")
        .add("orgs.csv", "p2,,,Algebra,department,,p1");
    let report = import(&mut conn, made.path()).await.unwrap();
    assert_eq!(report.source, "oneroster:n1");
    assert_snapshot!(texts(&conn, PATHS).await.join("\n"), @r"
    district usa: USA
    district usa.washington: Washington
    district usa.washington.grays_harbor: Grays Harbor
    district usa.washington.grays_harbor.aberdeen_school_district: Aberdeen School District
    school usa.washington.grays_harbor.aberdeen_school_district.lincoln_high_school: Lincoln High School
    department usa.washington.grays_harbor.aberdeen_school_district.lincoln_high_school.mathematics: Mathematics
    department usa.washington.grays_harbor.aberdeen_school_district.lincoln_high_school.mathematics.algebra: Algebra
    school usa.washington.grays_harbor.aberdeen_school_district.washington_school: Washington School
    ");
}

#[tokio::test]
async fn slugs_are_unique_among_siblings_also_those_that_were_there() {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    group(&conn, GroupType::District, None, "Aberdeen School District").await;
    let made = Made::v1_1()
        .add("orgs.csv", "s3,,,Lincoln High-School,school,,d1")
        .add("orgs.csv", "s4,,,北京大学,school,,d1")
        .add("orgs.csv", "s5,,,???,school,,d1");
    import(&mut conn, made.path()).await.unwrap();
    assert_snapshot!(texts(&conn, PATHS).await.join("\n"), @r"
    district aberdeen_school_district: Aberdeen School District
    district aberdeen_school_district_2: Aberdeen School District
    school aberdeen_school_district_2.beijingdaxue: 北京大学
    school aberdeen_school_district_2.lincoln_high_school: Lincoln High School
    school aberdeen_school_district_2.lincoln_high_school_2: Lincoln High-School
    school aberdeen_school_district_2.n_4c6142cc: ???
    school aberdeen_school_district_2.washington_school: Washington School
    ");
}

#[tokio::test]
async fn a_name_is_what_is_there_of_given_and_family_name() {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    let made = Made::v1_2()
        .add("users.csv", "u3,,,,ana,, Ana ,,,,,,,,,,,,,,,")
        .add("users.csv", "u4,,,FALSE,wang,,,王,,,,,,,,secret,,,,,,")
        .add("users.csv", "u5,,,true,liz,,Elizabeth,Lewis,,,,,,,,,,Liz,,Lewis-Ray,,she/her");
    let report = import(&mut conn, made.path()).await.unwrap();
    assert_snapshot!(texts(&conn, include_str!("users.sql")).await.join("\n"), @r"
    u1: Zoë O'Hara <zoe@example.org> active
    u2: An Nguyễn <an@example.org> active
    u3: Ana <> active
    u4: 王 <> suspended
    u5: Liz Lewis-Ray <> active
    ");
    let without_place = &report.files["users.csv"].columns_without_place;
    assert_snapshot!(serde_json::to_string(without_place).unwrap(), @r#"{"familyName":1,"givenName":1,"password":1,"pronouns":1,"username":5}"#);
    let secrets =
        texts(&conn, "SELECT id::text AS content FROM users WHERE password_hash IS NOT NULL").await;
    assert!(secrets.is_empty(), "passwords are never imported");
}

#[tokio::test]
async fn the_strongest_role_counts_and_roles_without_a_place_are_counted() {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    let made = Made::v1_2()
        .add("roles.csv", "r3,,,u1,secondary,principal,,,s1,")
        .add("roles.csv", "r4,,,u1,secondary,student,,,s1,")
        .add("roles.csv", "r5,,,u1,secondary,systemAdministrator,,,d1,")
        .add("roles.csv", "r6,,,u2,secondary,aide,,,s1,")
        .add("roles.csv", "r7,,,u2,secondary,ext:mascot,2025-09-01,,s2,")
        .add("roles.csv", "r8,,,u2,secondary,aide,,,s2,")
        .add("enrollments.csv", "e3,,,k1,s1,u2,teacher,,,")
        .add("enrollments.csv", "e4,,,k2,s2,u2,proctor,,,");
    let report = import(&mut conn, made.path()).await.unwrap();
    assert_snapshot!(texts(&conn, include_str!("memberships.sql")).await.join("\n"), @r"
    u1 in d1: group_admin
    u1 in s1: group_admin
    u2 in s1: student
    ");
    assert_snapshot!(texts(&conn, include_str!("enrolments.sql")).await.join("\n"), @r"
    u1 in k1: teacher
    u2 in k1: teacher
    ");
    assert_snapshot!(skipped(&report), @r"
    enrollments.csv: 1 enrolment (the same user has the same or a stronger role in the same class)
    enrollments.csv: 1 role proctor (has no place in classes)
    roles.csv: 2 role (the same user has the same or a stronger one in the same organisation)
    roles.csv: 2 role aide (has no place in groups)
    roles.csv: 1 role ext:mascot (has no place in groups)
    ");
}

/// A line a reason.
pub(super) fn skipped(report: &roster::RosterReport) -> String {
    let lines = report.skipped.iter().map(|skipped| {
        format!("{}: {} {} ({})\n", skipped.file, skipped.rows, skipped.what, skipped.reason)
    });
    lines.collect()
}

#[tokio::test]
async fn a_teacher_from_nowhere_becomes_a_teacher_of_the_school() {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    let made = Made::v1_1()
        .add("users.csv", "u5,,,true,,teacher,,,Joe,Roe,,,,,,,,")
        // Whoever belongs to the district is at home in all its schools.
        .add("enrollments.csv", "e3,,,k2,s2,u1,teacher,,,")
        .add("enrollments.csv", "e4,,,k2,s2,u5,teacher,,,")
        .add("enrollments.csv", "e5,,,k1,s1,u4,teacher,,,");
    let report = import(&mut conn, made.path()).await.unwrap();
    assert_eq!(
        (report.teachers_added, report.memberships.created, report.enrolments.created),
        (1, 5, 5)
    );
    let members = texts(&conn, include_str!("memberships.sql")).await;
    assert!(members.contains(&"u5 in s2: teacher".to_owned()), "{members:?}");
    let again = import(&mut conn, made.path()).await.unwrap();
    assert!(again.is_unchanged() && again.memberships.absent == 0, "{again:?}");
}

#[tokio::test]
async fn files_and_columns_without_a_place_are_counted() {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    let made = Made::v1_1()
        .replace("manifest.csv", "file.results,absent", "file.results,bulk")
        .add("results.csv", "sourcedId,status\nr1,\nr2,")
        .add("demographics.csv", "sourcedId\nu1")
        .add("README.txt", "Hello")
        .replace("users.csv", "password", "password,metadata.locker,metadata.bus")
        .replace("users.csv", "zoe@example.org,,,,,", "zoe@example.org,1,2,,,,17,")
        .replace("users.csv", "an@example.org,,,,,", "an@example.org,,,u3,,,,")
        .replace("users.csv", "Olga,,,,,,,,,", "Olga,,,,,,,,,,,")
        .replace("users.csv", "ana@example.org,,,,,", "ana@example.org,,,,,,18,44")
        .add("academicSessions.csv", "g1,,,Q1,gradingPeriod,2025-09-03,2025-11-03,t1,2026")
        .add("courses.csv", "c2,,,,Art,ART,,d1,,");
    let report = import(&mut conn, made.path()).await.unwrap();
    assert_snapshot!(serde_json::to_string_pretty(&report.files).unwrap(), @r#"
    {
      "README.txt": {
        "rows": 0,
        "imported": false,
        "reason": "the manifest does not name it"
      },
      "academicSessions.csv": {
        "rows": 4,
        "imported": true,
        "columns_without_place": {
          "parentSourcedId": 3
        }
      },
      "classes.csv": {
        "rows": 2,
        "imported": true
      },
      "courses.csv": {
        "rows": 2,
        "imported": true
      },
      "demographics.csv": {
        "rows": 1,
        "imported": false,
        "reason": "the manifest does not name it"
      },
      "enrollments.csv": {
        "rows": 2,
        "imported": true,
        "columns_without_place": {
          "primary": 1
        }
      },
      "orgs.csv": {
        "rows": 3,
        "imported": true
      },
      "results.csv": {
        "rows": 2,
        "imported": false,
        "reason": "has no place here"
      },
      "users.csv": {
        "rows": 4,
        "imported": true,
        "columns_without_place": {
          "agentSourcedIds": 1,
          "metadata.bus": 1,
          "metadata.locker": 2,
          "phone": 1,
          "sms": 1,
          "username": 1
        }
      }
    }
    "#);
    assert_snapshot!(skipped(&report), @r"
    academicSessions.csv: 1 academic session (neither a term of a class nor the school year of a course)
    courses.csv: 1 course (no class of the package is held in it)
    ");
}

#[tokio::test]
async fn a_zip_is_read_as_the_folder_is() {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    let made = Made::v1_1();
    let of_folder = import(&mut conn, made.path()).await.unwrap();
    for folder in ["", "aberdeen/"] {
        let of_zip = import(&mut conn, made.zip(folder)).await.unwrap();
        assert!(of_zip.is_unchanged(), "{of_zip:?}");
        assert_eq!(of_zip.files, of_folder.files);
    }
}

#[tokio::test]
async fn a_byte_order_mark_and_windows_line_ends_are_no_matter() {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    let made = Made::v1_1();
    import(&mut conn, made.path()).await.unwrap();
    let windows = format!("\u{feff}{}\r\n", made.text("users.csv").replace('\n', "\r\n"));
    let report = import(&mut conn, made.path_with("users.csv", windows.as_bytes())).await.unwrap();
    assert!(report.is_unchanged(), "{report:?}");
}

#[tokio::test]
async fn optional_columns_may_be_missing() {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    let made = Made::v1_1();
    let courses = "sourcedId,title,orgSourcedId\nc1,Mathematics,d1";
    let report =
        import(&mut conn, made.path_with("courses.csv", courses.as_bytes())).await.unwrap();
    assert_eq!((report.classes.created, report.files["courses.csv"].rows), (2, 1));
}

#[tokio::test]
async fn the_source_tells_rosters_apart() {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    let made = Made::v1_1();
    import(&mut conn, made.path()).await.unwrap();
    let made = ["zoe@example.org", "an@example.org", "ana@example.org"]
        .into_iter()
        .fold(made, |made, email| made.replace("users.csv", email, ""));
    let package = Package::open(made.path()).unwrap();
    let options = ImportOptions { source: Some("other".to_owned()) };
    let report = roster::import(&mut conn, &package, &options, &|_| {}).await.unwrap();
    assert_eq!(
        (report.source.as_str(), report.users.created, report.groups.created),
        ("other", 4, 3)
    );

    let before = fingerprint(&conn).await;
    for source in [String::new(), "x".repeat(201)] {
        let options = ImportOptions { source: Some(source) };
        let error = roster::import(&mut conn, &package, &options, &|_| {}).await.unwrap_err();
        assert!(error.to_string().ends_with("1 to 200 are allowed"), "{error}");
    }
    assert_eq!(fingerprint(&conn).await, before);
}

#[tokio::test]
async fn an_import_is_a_part_of_the_callers_transaction() {
    let db = TestDatabase::create().await;
    let made = Made::v1_1();
    let before = fingerprint(&db.conn().await.unwrap()).await;
    let undone: Result<(), homeroom::Error> = db
        .transaction(async |conn| {
            let path = made.path();
            import(conn, &path).await.unwrap();
            import(conn, made.path_with("users.csv", b"")).await.unwrap_err();
            assert!(import(conn, made.path()).await.unwrap().is_unchanged());
            let timeout =
                texts(conn, "SELECT current_setting('statement_timeout') AS content").await;
            assert_eq!(timeout, ["30s"], "the timeouts are as before");
            Err(homeroom::Error::Unavailable { what: "undone".to_owned(), source: None })
        })
        .await;
    undone.unwrap_err();
    assert_eq!(fingerprint(&db.conn().await.unwrap()).await, before);
}

#[tokio::test]
async fn the_progress_grows_up_to_the_end() {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    let made = Made::v1_1();
    let package = Package::open(made.path()).unwrap();
    let seen = std::sync::Mutex::new(Vec::new());
    let note = |at: roster::Progress<'_>| {
        seen.lock().unwrap().push((at.step.to_owned(), at.done, at.total));
    };
    roster::import(&mut conn, &package, &ImportOptions::default(), &note).await.unwrap();
    let seen = seen.into_inner().unwrap();
    assert!(seen.is_sorted_by_key(|(_, done, _)| *done));
    let (step, done, total) = seen.last().unwrap();
    assert_eq!((step.as_str(), done), ("writing enrolments", total));
}

#[tokio::test]
async fn two_imports_of_one_roster_at_once_are_one_after_the_other() {
    let db = TestDatabase::create().await;
    let made = Made::v1_1();
    let path = made.path();
    let one = async { import(&mut db.conn().await.unwrap(), &path).await.unwrap() };
    let other = async { import(&mut db.conn().await.unwrap(), &path).await.unwrap() };
    let (one, other) = tokio::join!(one, other);
    assert_ne!(one.is_unchanged(), other.is_unchanged(), "one of them found all rows known");
    let conn = db.conn().await.unwrap();
    assert_eq!(Group::list(&conn, &PageRequest::default()).await.unwrap().items.len(), 3);
}
