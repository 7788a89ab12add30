//! Every bad input has one clear error, and nothing of its package is imported.

use std::path::PathBuf;

use homeroom::roster::RosterError;
use homeroom::testing::TestDatabase;
use homeroom::{NewUser, User};
use insta::assert_snapshot;

use super::made::Made;
use super::{fingerprint, import};

/// The error of importing a package, after which the database is as it was.
async fn error_at(path: PathBuf) -> RosterError {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await.unwrap();
    // Somebody who is not of the roster.
    let user = NewUser { email: Some("Taken@example.org".to_owned()), ..NewUser::named("Taken") };
    User::create(&conn, &user).await.unwrap();
    let before = fingerprint(&conn).await;
    let error = import(&mut conn, path).await.unwrap_err();
    assert_eq!(fingerprint(&conn).await, before, "{error}");
    // The connection is as good as before.
    let made = Made::v1_1();
    import(&mut conn, made.path()).await.unwrap();
    error
}

async fn fault(made: Made) -> String {
    let error = error_at(made.path()).await;
    made.redacted(&error.to_string())
}

#[tokio::test]
async fn references_into_nowhere() {
    let made = Made::v1_1()
        .replace(
            "orgs.csv",
            "s2,,,Washington School,school,,d1",
            "s2,,,Washington School,school,,d9",
        )
        .replace("courses.csv", "c1,,,y1", "c1,,,y9")
        .replace(
            "classes.csv",
            "c1,0100,scheduled,Room 12,s1,\"t1,t2\"",
            "c9,0100,scheduled,Room 12,s9,\"t1,t9\"",
        )
        .replace("users.csv", "\"s1,s2\"", "\"s1,s8\"")
        .replace("enrollments.csv", "e1,,,k1,s1,u1", "e1,,,k9,s9,u9");
    assert_snapshot!(fault(made).await, @r#"
    the roster has 9 faults and nothing of it was imported:
      orgs.csv:4: parentSourcedId "d9" is not in orgs.csv
      courses.csv:2: schoolYearSourcedId "y9" is not in academicSessions.csv
      classes.csv:2: courseSourcedId "c9" is not in courses.csv
      classes.csv:2: schoolSourcedId "s9" is not in orgs.csv
      classes.csv:2: termSourcedIds: "t9" is not in academicSessions.csv
      users.csv:4: orgSourcedIds: "s8" is not in orgs.csv
      enrollments.csv:2: classSourcedId "k9" is not in classes.csv
      enrollments.csv:2: schoolSourcedId "s9" is not in orgs.csv
      enrollments.csv:2: userSourcedId "u9" is not in users.csv
    "#);
    let made = Made::v1_2().replace(
        "roles.csv",
        "r1,,,u1,primary,teacher,,,s1",
        "r1,,,u9,primary,teacher,,,s9",
    );
    assert_snapshot!(fault(made).await, @r#"
    the roster has 2 faults and nothing of it was imported:
      roles.csv:2: orgSourcedId "s9" is not in orgs.csv
      roles.csv:2: userSourcedId "u9" is not in users.csv
    "#);
}

#[tokio::test]
async fn ids_and_addresses_that_are_given_twice() {
    let made = Made::v1_1()
        .add("orgs.csv", "s1,,,Lincoln Again,school,,d1")
        .add("academicSessions.csv", "t1,,,Again,term,2025-09-03,2026-01-30,y1,2026")
        .add("courses.csv", "c1,,,,Again,,,d1,,")
        .add("classes.csv", "k1,,,Again,,,,,,s1,,,,")
        .add("users.csv", "u1,,,true,s1,student,,,Again,,,,taken@example.org,,,,,")
        .add("users.csv", "u6,,,true,s1,student,,,Again,,,,ZOE@example.org,,,,,")
        .add("enrollments.csv", "e1,,,k1,s1,u3,student,,,");
    assert_snapshot!(fault(made).await, @r#"
    the roster has 8 faults and nothing of it was imported:
      orgs.csv:5: sourcedId "s1" is on line 3 already
      academicSessions.csv:5: sourcedId "t1" is on line 3 already
      courses.csv:3: sourcedId "c1" is on line 2 already
      classes.csv:4: sourcedId "k1" is on line 2 already
      users.csv:6: email "taken@example.org" belongs to a person who is not of this package
      users.csv:6: sourcedId "u1" is on line 2 already
      users.csv:7: email "ZOE@example.org" is that of line 2 too
      enrollments.csv:4: sourcedId "e1" is on line 2 already
    "#);
}

#[tokio::test]
async fn values_that_are_none() {
    let long = "x".repeat(101);
    let made = Made::v1_1()
        .replace("orgs.csv", "Lincoln High School", &long)
        .replace("orgs.csv", "Washington School,school", " ,academy")
        .replace("academicSessions.csv", "2025-09-03,2026-01-30", "03.09.2025,2026-02-30")
        .replace("academicSessions.csv", "t2,,,Spring 2026,term", "t2,,,,season")
        .replace("courses.csv", "Mathematics,MAT100", ",MAT100")
        .replace("classes.csv", "Algebra", &long)
        .replace("classes.csv", "homeroom,,s2", "lounge,,")
        .replace("users.csv", "Zoë,O'Hara", &format!("{long},O'Hara"))
        .replace("users.csv", "u2,,,true", "u2,active,,yes")
        .replace("users.csv", "an@example.org", "an at example.org")
        .replace("users.csv", "u3,,,true,\"s1,s2\",student,,,Olga", "u3,,,true,\"s1,s2\",wizard,,,")
        .replace("users.csv", "u4,,,true,d1,administrator", "u4,gone,,true,d1,")
        .replace(
            "enrollments.csv",
            "e1,,,k1,s1,u1,teacher,true,,",
            "e1,,,k1,s1,u1,boss,1,2025-13-01,",
        )
        .replace("enrollments.csv", "e2,,,k1", ",,,");
    assert_snapshot!(fault(made).await, @r#"
    the roster has 23 faults and nothing of it was imported:
      orgs.csv:3: name has 101 characters, at most 100 are allowed
      orgs.csv:4: name is empty
      orgs.csv:4: type is "academy", expected one of district, school, department, local, state, national
      academicSessions.csv:3: startDate is "03.09.2025", expected a date such as 2025-09-03
      academicSessions.csv:3: endDate is "2026-02-30", expected a date such as 2025-09-03
      academicSessions.csv:4: type is "season", expected one of gradingPeriod, semester, schoolYear, term
      academicSessions.csv:4: title is empty
      courses.csv:2: title is empty
      classes.csv:2: title has 101 characters, at most 100 are allowed
      classes.csv:3: classType is "lounge", expected one of homeroom, scheduled
      classes.csv:3: schoolSourcedId is empty
      users.csv:2: the name (givenName and familyName) has 108 characters, at most 100 are allowed
      users.csv:3: enabledUser is "yes", expected one of true, false
      users.csv:3: email is "an at example.org", expected an address such as ana@example.org
      users.csv:4: the name (givenName and familyName) is empty
      users.csv:4: role is "wizard", expected one of administrator, aide, guardian, parent, proctor, relative, student, teacher
      users.csv:5: status is "gone", expected one of active, tobedeleted
      users.csv:5: role is empty
      enrollments.csv:2: primary is "1", expected one of true, false
      enrollments.csv:2: beginDate is "2025-13-01", expected a date such as 2025-09-03
      enrollments.csv:2: role is "boss", expected one of administrator, aide, proctor, student, teacher
      enrollments.csv:3: sourcedId is empty
      enrollments.csv:3: classSourcedId is empty
    "#);
    let made = Made::v1_2().replace("roles.csv", "primary,teacher", "tertiary,administrator");
    assert_snapshot!(fault(made).await, @r#"
    the roster has 2 faults and nothing of it was imported:
      roles.csv:2: roleType is "tertiary", expected one of primary, secondary
      roles.csv:2: role is "administrator", expected one of aide, counselor, districtAdministrator, guardian, parent, principal, proctor, relative, siteAdministrator, student, systemAdministrator, teacher
    "#);
}

#[tokio::test]
async fn organisations_that_stand_where_they_can_not() {
    let made = Made::v1_1()
        .replace("orgs.csv", "Washington School,school,,d1", "Washington School,school,,")
        .add("orgs.csv", "p1,,,Maths,department,,d1")
        .add("orgs.csv", "d2,,,Small District,district,,s1")
        .add("orgs.csv", "w1,,,Washington,state,,d1")
        .add("orgs.csv", "a,,,A,district,,b")
        .add("orgs.csv", "b,,,B,district,,a")
        .add("orgs.csv", "g,tobedeleted,,G,district,,")
        .add("orgs.csv", "s3,,,Orphan School,school,,g");
    assert_snapshot!(fault(made).await, @r#"
    the roster has 7 faults and nothing of it was imported:
      orgs.csv:4: the school "Washington School" stands at the root: a school stands under a district
      orgs.csv:5: the department "Maths" stands under the district "Aberdeen School District": a department stands under a school or a department
      orgs.csv:6: the district "Small District" stands under the school "Lincoln High School": a district stands at the root or under a district, or what stands above districts
      orgs.csv:7: the state "Washington" stands under the district "Aberdeen School District": a state stands at the root or under a district, or what stands above districts
      orgs.csv:8: "A" stands below itself
      orgs.csv:9: "B" stands below itself
      orgs.csv:11: its parent "G" is to be deleted by line 10
    "#);
    let made = Made::v1_1().replace("orgs.csv", "s2,,", "s2,tobedeleted,");
    assert_snapshot!(fault(made).await, @r#"
    the roster has a fault and nothing of it was imported:
      classes.csv:3: schoolSourcedId "s2" is to be deleted by orgs.csv:4
    "#);
}

#[tokio::test]
async fn rows_of_another_shape() {
    let made = Made::v1_1()
        .add("orgs.csv", "s3,,,Comma, School,school,,d1")
        .add("enrollments.csv", "e3,,,k1")
        .add("enrollments.csv", "e4,,,k1,s1,u3,stu\0dent,,,");
    assert_snapshot!(fault(made).await, @r#"
    the roster has 6 faults and nothing of it was imported:
      orgs.csv:5: the row has 8 fields, the header has 7
      orgs.csv:5: the school "Comma" stands at the root: a school stands under a district
      enrollments.csv:4: the row has 4 fields, the header has 10
      enrollments.csv:4: role is empty
      enrollments.csv:4: userSourcedId is empty
      enrollments.csv:5: there is a NUL byte in the row, which the database can't store
    "#);
}

#[tokio::test]
async fn lines_are_counted_as_an_editor_counts_them() {
    let bad = || {
        Made::v1_1()
            .replace("users.csv", "Zoë,O'Hara", "\"Zoë\nMaria\",O'Hara")
            .add("users.csv", "u5,gone,,true,s1,student,,,Bo,Li,,,,,,,,")
            .add("enrollments.csv", "e3,,,k1,s1,u9,student,,,")
    };
    let told = fault(bad()).await;
    assert_snapshot!(told, @r#"
    the roster has 2 faults and nothing of it was imported:
      users.csv:7: status is "gone", expected one of active, tobedeleted
      enrollments.csv:4: userSourcedId "u9" is not in users.csv
    "#);
    assert_eq!(fault(bad().windows()).await, told);
}

#[tokio::test]
async fn all_bad_rows_are_counted_and_the_first_are_shown() {
    let mut made = Made::v1_1();
    for number in 0..70 {
        made = made.add("users.csv", &format!("n{number},,,true,s1,student,,,,,,,,,,,,"));
    }
    made = made.add("enrollments.csv", "e3,,,k7,s1,u3,student,,,");
    let text = fault(made).await;
    assert!(
        text.starts_with(
            "the roster has 71 faults and nothing of it was imported:\n  users.csv:6: "
        ),
        "{text}"
    );
    assert!(text.ends_with("\n  … and 21 more"), "{text}");
}

#[tokio::test]
async fn headers_that_are_not_the_specifications() {
    let swapped = Made::v1_1().replace("orgs.csv", "name,type", "type,name");
    assert_snapshot!(fault(swapped).await, @r#"orgs.csv:1: column 5 ("name") is out of order; the header of OneRoster 1.1 is: sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId"#);
    let missing = Made::v1_1().replace("users.csv", "enabledUser,", "");
    assert_snapshot!(fault(missing).await, @r#"users.csv:1: the required column "enabledUser" is missing; the header of OneRoster 1.1 is: sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password"#);
    let unknown = Made::v1_1().replace("classes.csv", "periods", "periods,teacher");
    assert_snapshot!(fault(unknown).await, @r#"classes.csv:1: column 15 is "teacher", which is none of this file's; the header of OneRoster 1.1 is: sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods"#);
    let inner = Made::v1_1().replace("courses.csv", "title,", "metadata.room,title,");
    assert_snapshot!(fault(inner).await, @r#"courses.csv:1: column 6 ("title") is out of order; the header of OneRoster 1.1 is: sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes"#);
    let of_1_2 =
        Made::v1_1().replace("manifest.csv", "oneroster.version,1.1", "oneroster.version,1.2");
    assert_snapshot!(fault(of_1_2).await, @r#"users.csv:1: column 5 is "orgSourcedIds", which is none of this file's; the header of OneRoster 1.2 is: sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns"#);
    let empty = Made::v1_1();
    let path = empty.path_with("enrollments.csv", b"");
    assert_snapshot!(error_at(path).await, @"enrollments.csv:1: the file is empty; the header of OneRoster 1.1 is: sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate");
}

#[tokio::test]
async fn files_in_another_encoding() {
    let made = Made::v1_1();
    let text = made.text("users.csv");
    let latin_1: Vec<u8> =
        text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
    let path = made.path_with("users.csv", &latin_1);
    assert_snapshot!(error_at(path).await, @"users.csv:2: this is not UTF-8: it looks like Latin-1 (or Windows-1252); save the file as UTF-8");
    let utf_16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let path = made.path_with("users.csv", &utf_16);
    assert_snapshot!(error_at(path).await, @"users.csv:1: this is not UTF-8: it looks like UTF-16; save the file as UTF-8");
    let path = made.path_with("users.csv", &[b"\xff\xfe", utf_16.as_slice()].concat());
    assert_snapshot!(error_at(path).await, @"users.csv:1: this is not UTF-8: it looks like UTF-16; save the file as UTF-8");
}

#[tokio::test]
async fn packages_that_are_none() {
    let made = Made::v1_1();
    let whole = std::fs::read(made.zip("")).unwrap();
    let zip = made.path().join("roster.zip");
    let mut errors = String::new();
    for bytes in [&whole[..whole.len() / 2], b"not a zip", b""] {
        std::fs::write(&zip, bytes).unwrap();
        let error = error_at(zip.clone()).await;
        errors.push_str(&format!("{}\n", made.redacted(&error.to_string())));
    }
    // The directory is whole, the data of a file is not.
    let mut damaged = whole.clone();
    for byte in &mut damaged[100..180] {
        *byte ^= 0x55;
    }
    std::fs::write(&zip, &damaged).unwrap();
    let error = error_at(zip.clone()).await;
    errors.push_str(&format!("{}\n", made.redacted(&error.to_string())));
    let error = error_at("/nowhere/roster.zip".into()).await;
    errors.push_str(&format!("{error}\n"));
    assert_snapshot!(errors, @r"
    PACKAGE/roster.zip is cut off or damaged: a zip archive without its directory at the end
    PACKAGE/roster.zip is no OneRoster package: neither a folder nor a zip archive
    PACKAGE/roster.zip is no OneRoster package: neither a folder nor a zip archive
    PACKAGE/roster.zip is a damaged zip archive
    can't read /nowhere/roster.zip
    ");
}

#[tokio::test]
async fn manifests_that_promise_what_can_not_be_imported() {
    let manifest = |old: &str, new: &str| Made::v1_1().replace("manifest.csv", old, new);
    let bad = [
        Made::v1_1().without_file("manifest.csv"),
        Made::v1_1().without_file("users.csv"),
        Made::v1_1().without("manifest.csv", "oneroster.version"),
        Made::v1_1().without("manifest.csv", "manifest.version"),
        manifest("oneroster.version,1.1", "oneroster.version,1.0"),
        manifest("manifest.version,1.0", "manifest.version,2"),
        manifest("file.users,bulk", "file.users,delta"),
        manifest("file.users,bulk", "file.users,yes"),
        manifest("file.orgs,bulk", "file.orgs,absent"),
        manifest("propertyName,value", "property;value"),
    ];
    let mut errors = String::new();
    for made in bad {
        errors.push_str(&format!("{}\n", fault(made).await));
    }
    assert_snapshot!(errors, @r#"
    manifest.csv of PACKAGE: there is none: a OneRoster package has one beside its files
    users.csv is missing: manifest.csv of PACKAGE promises it as file.users,bulk
    manifest.csv of PACKAGE: it has no oneroster.version (expected 1.1 or 1.2)
    manifest.csv of PACKAGE: it has no manifest.version (expected 1.0)
    manifest.csv of PACKAGE: oneroster.version is "1.0", 1.1 and 1.2 can be imported
    manifest.csv of PACKAGE: manifest.version is "2", expected 1.0
    manifest.csv of PACKAGE: file.users is delta: only bulk files can be imported
    manifest.csv of PACKAGE: file.users is "yes", expected bulk or absent
    manifest.csv of PACKAGE: it promises no file.orgs,bulk: without organisations nothing has a place
    manifest.csv of PACKAGE: its header is not propertyName,value
    "#);
}
