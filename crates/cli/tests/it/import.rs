//! Rosters and conversations through the command; what the importers do in detail is tested where they are.

use std::path::{Path, PathBuf};

use crate::{Home, database, empty_database, homeroom_at, settings, sql, write};

/// A small district: two schools, three people, a class.
pub(crate) fn package(folder: &Path) -> PathBuf {
    let folder = folder.join("roster");
    std::fs::create_dir(&folder).unwrap();
    let bulk = |name: &str| format!("file.{name},bulk\n");
    let absent = |name: &str| format!("file.{name},absent\n");
    let manifest: String =
        ["propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\n".to_owned()]
            .into_iter()
            .chain(
                ["academicSessions", "classes", "courses", "enrollments", "orgs", "users"]
                    .map(bulk),
            )
            .chain(
                [
                    "categories",
                    "classResources",
                    "courseResources",
                    "demographics",
                    "lineItems",
                    "resources",
                    "results",
                ]
                .map(absent),
            )
            .collect();
    write(&folder.join("manifest.csv"), &manifest);
    write(
        &folder.join("orgs.csv"),
        "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n\
         d,,,Tidewater District,district,1,\ns1,,,Heron School,school,2,d\ns2,,,Otter School,school,3,d\n",
    );
    write(
        &folder.join("academicSessions.csv"),
        "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear\n\
         t,,,Fall,term,2025-09-03,2026-01-30,,2026\n",
    );
    write(
        &folder.join("courses.csv"),
        "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes\n\
         c,,,t,Mathematics,MAT1,,d,Mathematics,\n",
    );
    write(
        &folder.join("classes.csv"),
        "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods\n\
         k,,,Mathematics 7b,07,c,7b,scheduled,,s1,t,Mathematics,,1\n",
    );
    write(
        &folder.join("users.csv"),
        "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password\n\
         u1,,,true,s1,teacher,u1,,Zofia,Wiśniewska,,,zofia@tidewater.example,,,,,\n\
         u2,,,true,s1,student,u2,,서연,김,,,,,,,07,\n\
         u3,,,true,s2,student,u3,,Jürgen,Sjögren,,,,,,,07,\n",
    );
    write(
        &folder.join("enrollments.csv"),
        "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate\n\
         e1,,,k,s1,u1,teacher,true,,\ne2,,,k,s1,u2,student,,,\n",
    );
    folder
}

#[tokio::test]
async fn a_roster_is_imported_once_and_a_second_time_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let package = package(folder.path());
    let package = package.to_str().unwrap();
    let database = database().await;
    let first = homeroom_at(database.url(), &["import", "roster", package]).done();
    settings(&[]).bind(|| insta::assert_snapshot!("roster", first));
    let second = homeroom_at(database.url(), &["import", "roster", package]).done();
    assert!(second.ends_with("nothing changed: all of it was here\n"), "{second}");
    let json = homeroom_at(database.url(), &["import", "roster", package, "--json"]).json();
    assert_eq!((&json["users"]["unchanged"], &json["users"]["created"]), (&3.into(), &0.into()));
    assert_eq!(sql(database.url(), &["SELECT count(*) FROM users"]), "3");
}

#[test]
fn a_private_database_is_migrated_by_the_import() {
    let folder = tempfile::tempdir().unwrap();
    let package = package(folder.path());
    let home = Home::new();
    home.run(&["import", "roster", package.to_str().unwrap(), "--source", "tidewater"]).done();
    let count =
        ["postgres", "psql", "--", "-Atc", "SELECT count(*), min(source) FROM external_ids"];
    assert!(home.run(&count).done().ends_with("|tidewater\n"));
}

#[tokio::test]
async fn a_schema_that_is_behind_is_told_with_the_command_that_brings_it_up() {
    let folder = tempfile::tempdir().unwrap();
    let package = package(folder.path());
    let database = empty_database().await;
    let run = homeroom_at(database.url(), &["import", "roster", package.to_str().unwrap()]);
    assert_eq!(run.code, Some(1));
    assert!(
        run.err
            .ends_with(" is behind this program\nhelp: bring it up with `homeroom migrate up`\n"),
        "{}",
        run.err
    );
}

#[tokio::test]
async fn a_bad_roster_is_told_and_nothing_of_it_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let package = package(folder.path());
    let database = database().await;
    let import = || homeroom_at(database.url(), &["import", "roster", package.to_str().unwrap()]);
    let enrolments = std::fs::read_to_string(package.join("enrollments.csv")).unwrap();
    write(&package.join("enrollments.csv"), &enrolments.replace("s1,u2", "s1,u9"));
    insta::assert_snapshot!("unknown_person", import().failed());
    let header = "sourcedId,status,dateLastModified,";
    write(
        &package.join("enrollments.csv"),
        &enrolments.replace(header, "status,sourcedId,dateLastModified,"),
    );
    insta::assert_snapshot!("header_out_of_order", import().failed());
    let mut latin_1 = enrolments.into_bytes();
    latin_1.extend_from_slice(b"e\xe9,,,k,s1,u2,student,,,\n");
    std::fs::write(package.join("enrollments.csv"), latin_1).unwrap();
    insta::assert_snapshot!("wrong_encoding", import().failed());
    assert_eq!(
        sql(
            database.url(),
            &["SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM groups)"]
        ),
        "0"
    );
}

#[tokio::test]
async fn conversations_are_imported_once_and_a_bad_line_is_told_with_its_number() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trees.jsonl");
    let line = |id: &str, parent: &str, role: &str, text: &str| {
        let parent = if parent.is_empty() { serde_json::Value::Null } else { parent.into() };
        serde_json::json!({
            "message_id": id, "parent_id": parent, "message_tree_id": "m1", "user_id": role, "role": role, "text": text,
            "created_date": "2023-02-07T17:29:24.727400+00:00", "lang": "en", "rank": null, "deleted": false,
        })
        .to_string()
    };
    let mut lines = vec![
        line("m1", "", "prompter", "What is a third?"),
        line("m2", "m1", "assistant", "⅓"),
        line("m3", "m1", "assistant", "One of three equal parts."),
        line("m4", "m3", "prompter", "Thanks!"),
    ];
    write(&file, &lines.join("\n"));
    let database = database().await;
    let import =
        || homeroom_at(database.url(), &["import", "conversations", file.to_str().unwrap()]);
    insta::assert_snapshot!("conversations", settings(&[]).bind(|| import().done()));
    assert!(import().done().ends_with("nothing changed: all of it was here\n"));
    lines.insert(2, "{ not JSON".to_owned());
    write(&file, &lines.join("\n"));
    settings(&[(folder.path().to_str().unwrap(), "[folder]")])
        .bind(|| insta::assert_snapshot!("no_json", import().failed()));
    assert_eq!(sql(database.url(), &["SELECT count(*) FROM chat_sessions"]), "2");
}

#[test]
fn a_zip_that_is_cut_off_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let zip = folder.path().join("district.zip");
    std::fs::write(&zip, b"PK\x03\x04\x14\x00\x00\x00\x08\x00cut off here").unwrap();
    let run = crate::homeroom(&["import", "roster", zip.to_str().unwrap()]);
    settings(&[(folder.path().to_str().unwrap(), "[folder]")])
        .bind(|| insta::assert_snapshot!("zip_cut_off", run.failed()));
}
