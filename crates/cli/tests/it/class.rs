//! `homeroom class`.

use crate::aberdeen::{Aberdeen, SCHOOL, STUDENT, TEACHER};
use crate::{settings, sql};

/// A district with a class, and the class's id.
async fn with_class() -> (Aberdeen, String) {
    let aberdeen = Aberdeen::new().await;
    let id = aberdeen.id(&format!("class create Algebra --group {SCHOOL}"));
    (aberdeen, id)
}

/// What a line tells, with its ids made the same.
#[track_caller]
fn snapshot(aberdeen: &Aberdeen, name: &str, lines: &[String]) {
    aberdeen.snapshot(name, &lines.iter().map(String::as_str).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_class_is_made_filled_shown_and_emptied() {
    let (aberdeen, id) = with_class().await;
    snapshot(
        &aberdeen,
        "class_members",
        &[
            "class list --group aberdeen".to_owned(),
            format!("class list --group {SCHOOL}"),
            format!("class show {id}"),
            format!("class enrol {id} {STUDENT} --role student"),
            format!("class enrol {id} {STUDENT} --role student"),
            format!("class enrol {id} {TEACHER} --role student"),
            format!("class enrol {id} {TEACHER} --role teacher"),
            format!("class show {id}"),
            format!("class show {id} --limit 1"),
            format!("user show {STUDENT}"),
            "group tree".to_owned(),
            format!("class remove {id} {STUDENT}"),
            format!("class remove {id} {STUDENT}"),
        ],
    );
    let json = aberdeen.line(&format!("class show {id} --json")).json();
    assert_eq!(json["members"]["items"][0]["user"]["email"], TEACHER);
    assert_eq!(json["group"]["path"], "aberdeen.miller_junior_high");
}

#[tokio::test]
async fn who_can_not_teach_or_attend_is_refused_in_words() {
    let (aberdeen, id) = with_class().await;
    let stranger = aberdeen.id("user create Stranger");
    let unknown = "00000000-0000-7000-8000-000000000000";
    snapshot(
        &aberdeen,
        "class_refused",
        &[
            format!("class enrol {id} {stranger} --role teacher"),
            format!("class enrol {id} {TEACHER} --role principal"),
            format!("class enrol {id} nobody@x.example --role student"),
            format!("class enrol {unknown} {TEACHER} --role teacher"),
            "class show algebra".to_owned(),
            format!("class restore {id}"),
            format!("class restore {unknown}"),
            "class list --group nowhere".to_owned(),
        ],
    );
    let refused = aberdeen.run(&["class", "create", "--group", SCHOOL, "\n"]).failed();
    assert!(refused.contains("a name has 1 to 100 characters"), "{refused}");
}

#[tokio::test]
async fn a_class_is_deleted_after_a_question_and_comes_back_with_its_people() {
    let (aberdeen, id) = with_class().await;
    aberdeen.line(&format!("class enrol {id} {STUDENT} --role student")).done();
    snapshot(
        &aberdeen,
        "class_delete",
        &[
            format!("class delete {id}"),
            format!("class delete {id} --yes"),
            format!("class show {id}"),
            format!("class list --group {SCHOOL}"),
            format!("class restore {id}"),
        ],
    );
    assert!(aberdeen.line(&format!("class show {id}")).done().contains(STUDENT));
    aberdeen.line(&format!("group archive {SCHOOL} --yes")).done();
    let gone = aberdeen.line(&format!("class show {id}")).failed();
    settings(&[]).bind(|| {
        insta::assert_snapshot!(gone, @"
        exit code 1
        error: the group of the class Algebra ([id]) is archived
        help: `homeroom group restore [id]` brings it back
        ");
    });
    assert_eq!(sql(aberdeen.url(), &["SELECT count(*) FROM class_members"]), "1");
}
