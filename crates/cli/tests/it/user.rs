//! `homeroom user`.

use crate::aberdeen::{Aberdeen, SCHOOL, STUDENT, TEACHER};
use crate::{database, homeroom_at, sql};

#[tokio::test]
async fn a_person_is_shown_with_where_they_belong() {
    let aberdeen = Aberdeen::new().await;
    aberdeen.snapshot(
        "user_show",
        &[
            "user list",
            "user show zofia@aberdeen.example",
            "user show MINH@aberdeen.example",
            "user sessions zofia@aberdeen.example",
        ],
    );
    let json = aberdeen.line(&format!("user show {TEACHER} --json")).json();
    assert_eq!(json["groups"][0]["path"], "aberdeen.miller_junior_high");
    assert_eq!((&json["groups"][0]["role"], &json["more"]), (&"teacher".into(), &false.into()));
    assert!(json["user"].get("password_hash").is_none());
}

#[tokio::test]
async fn people_are_listed_page_by_page() {
    let database = database().await;
    let run = |line: &str| homeroom_at(database.url(), &line.split(' ').collect::<Vec<_>>());
    insta::assert_snapshot!(run("user list").done(), @"there is nobody yet: `homeroom user create NAME`, or `homeroom import roster PATH`");
    for number in 1..=5 {
        run(&format!("user create P{number}")).done();
    }
    let (mut line, mut seen) = ("user list --limit 2".to_owned(), String::new());
    for page in 1..=3 {
        let out = run(&line).done();
        seen.extend(out.lines().filter(|line| line.starts_with('P')).map(|line| &line[..2]));
        let next = out.lines().last().and_then(|line| line.strip_prefix("next page: homeroom "));
        assert_eq!(next.is_some(), page < 3, "{out}");
        line = next.unwrap_or_default().to_owned();
    }
    assert_eq!(seen, "P1P2P3P4P5");
    let json = run("user list --limit 3 --json").json();
    assert_eq!(json["items"].as_array().unwrap().len(), 3);
    assert!(json["next"].is_string());
}

#[tokio::test]
async fn a_person_is_created_changed_and_locked_out() {
    let aberdeen = Aberdeen::new().await;
    aberdeen.snapshot(
        "user_changes",
        &[
            "user create Ada --email ada@aberdeen.example",
            "user activate ada@aberdeen.example",
            "user update ada@aberdeen.example --name Lovelace --email lovelace@aberdeen.example",
            "user update lovelace@aberdeen.example --status pending_verification",
            "user suspend lovelace@aberdeen.example",
            "user update lovelace@aberdeen.example --no-email",
        ],
    );
}

#[tokio::test]
async fn a_wrong_person_or_value_is_refused_in_words() {
    let aberdeen = Aberdeen::new().await;
    aberdeen.snapshot(
        "user_refused",
        &[
            "user create Ada --email ZOFIA@aberdeen.example",
            "user create Ada --email aberdeen.example",
            "user create Ada --status asleep",
            "user update minh@aberdeen.example --email zofia@aberdeen.example",
            "user update minh@aberdeen.example",
            "user show zofia",
            "user show nobody@aberdeen.example",
            "user show 00000000-0000-7000-8000-000000000000",
            "user restore zofia@aberdeen.example",
            "user restore 00000000-0000-7000-8000-000000000000",
            "user list --limit 1001",
        ],
    );
    insta::assert_snapshot!(aberdeen.run(&["user", "create", " "]).failed(), @"
    exit code 1
    error: can't create: a name has 1 to 100 characters, and one at least that is no space
    help: give another name
    ");
    insta::assert_snapshot!(aberdeen.run(&["user", "show", "o'x y"]).failed(), @"
    exit code 1
    error: 'o'\\''x y' is neither an id nor an e-mail address
    help: `homeroom user list` shows everybody
    ");
}

#[tokio::test]
async fn whoever_is_suspended_deleted_or_signed_out_is_signed_in_nowhere() {
    let aberdeen = Aberdeen::new().await;
    let sign_in = |email: &str| {
        let insert = format!(
            "INSERT INTO sessions (user_id, token_hash, context, expires_at)
             SELECT id, sha256(random()::text::bytea), 'personal', now() + interval '1 day'
             FROM users, generate_series(1, 2) WHERE email = '{email}'"
        );
        sql(aberdeen.url(), &[&insert]);
    };
    sign_in(TEACHER);
    aberdeen.snapshot(
        "user_sessions",
        &[
            "user sessions zofia@aberdeen.example",
            "user sessions zofia@aberdeen.example --limit 1",
            "user sign-out zofia@aberdeen.example",
            "user sign-out zofia@aberdeen.example",
        ],
    );
    sign_in(TEACHER);
    let suspended = aberdeen.line(&format!("user suspend {TEACHER} --json")).json();
    assert_eq!((&suspended["status"], &suspended["signed_out"]), (&"suspended".into(), &2.into()));
    sign_in(STUDENT);
    assert_eq!(
        aberdeen.line(&format!("user delete {STUDENT} --yes --json")).json()["signed_out"],
        2
    );
    assert_eq!(sql(aberdeen.url(), &["SELECT count(*) FROM sessions"]), "0");
}

#[tokio::test]
async fn a_person_is_deleted_after_a_question_and_comes_back_with_what_they_were() {
    let aberdeen = Aberdeen::new().await;
    let id = aberdeen.line(&format!("user show {STUDENT} --json")).json()["user"]["id"].clone();
    let id = id.as_str().unwrap();
    aberdeen.snapshot(
        "user_delete",
        &[
            "user delete minh@aberdeen.example",
            "user delete minh@aberdeen.example --yes",
            "user show minh@aberdeen.example",
        ],
    );
    let gone = aberdeen.line(&format!("user show {id}")).failed();
    assert!(gone.contains("was deleted on ") && gone.contains("user restore"), "{gone}");
    // The address is free until then.
    aberdeen.line(&format!("user create Other --email {STUDENT}")).done();
    let refused = aberdeen.line(&format!("user restore {id}")).failed();
    assert!(refused.contains("another person has this e-mail address"), "{refused}");
    aberdeen.line(&format!("user update {STUDENT} --no-email")).done();
    aberdeen.line(&format!("user restore {id}")).done();
    assert!(aberdeen.line(&format!("group members {SCHOOL}")).done().contains(STUDENT));
    let refused = aberdeen.line(&format!("user restore {id}")).failed();
    assert!(refused.contains("is not deleted"), "{refused}");
}

#[tokio::test]
async fn a_name_can_not_steer_the_terminal() {
    let aberdeen = Aberdeen::new().await;
    let name = "\u{1b}[2JAda\u{7}\u{9b}31m";
    let created = aberdeen.run(&["user", "create", name, "--email", "ada@x.example"]).done();
    let shown = aberdeen.line("user show ada@x.example").done();
    let listed = aberdeen.line("user list").done();
    for out in [created, shown, listed] {
        assert!(out.contains("Ada") && !out.contains(['\u{1b}', '\u{7}', '\u{9b}']), "{out:?}");
    }
    assert_eq!(aberdeen.line("user show ada@x.example --json").json()["user"]["name"], name);
}
