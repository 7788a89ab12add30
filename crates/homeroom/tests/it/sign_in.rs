//! Signing in, signed-in requests, rotation and passwords.

use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel::sql_types::Double;
use diesel_async::RunQueryDsl;
use homeroom::testing::{TestDatabase, password_verifications};
use homeroom::{
    Class, ClassMember, ClassRole, Connection, Error, Group, GroupMember, GroupRole, GroupType,
    NewClass, NewSession, NewUser, PasswordHash, Session, SessionContext, SessionPolicy,
    SessionToken, SignedIn, User, UserChanges, UserId, UserStatus,
};
use tokio::task::JoinSet;

use crate::{group, operations, refused_by, sql, user};

const EMAIL: &str = "ana@example.org";
const PASSWORD: &str = "correct horse battery staple";
const DAY: f64 = 24.0 * 60.0 * 60.0;

async fn person(conn: &Connection, email: &str) -> UserId {
    let new = NewUser::named("Ana").email(email).status(UserStatus::Active);
    let id = User::create(conn, &new).await.unwrap().id;
    User::set_password(conn, id, PASSWORD).await.unwrap();
    id
}

async fn set_status(conn: &Connection, id: UserId, status: UserStatus) {
    let changes = UserChanges { status: Some(status), ..Default::default() };
    User::update(conn, id, &changes).await.unwrap();
}

async fn sign_in(
    conn: &Connection,
    email: &str,
    password: &str,
) -> Option<(SignedIn, SessionToken)> {
    let policy = SessionPolicy::default();
    Session::sign_in(conn, email, password, SessionContext::Personal, &policy).await.unwrap()
}

async fn start(conn: &Connection, id: UserId, context: SessionContext) -> SessionToken {
    let policy = SessionPolicy::default();
    Session::start(conn, id, context, &policy).await.unwrap().unwrap().1
}

async fn authenticate(conn: &Connection, token: &SessionToken) -> Option<SignedIn> {
    Session::authenticate(conn, token, &SessionPolicy::default()).await.unwrap()
}

#[derive(QueryableByName)]
struct Figure {
    #[diesel(sql_type = Double)]
    figure: f64,
}

async fn figure(mut conn: &Connection, expression: &str) -> f64 {
    let row: Figure = diesel::sql_query(format!("SELECT ({expression})::float8 AS figure"))
        .get_result(&mut conn)
        .await
        .unwrap();
    row.figure
}

/// How many seconds the only session still lives.
async fn rest_of_life(conn: &Connection) -> f64 {
    figure(conn, "SELECT extract(epoch FROM expires_at - now()) FROM sessions").await
}

/// Lets time pass for all sessions.
async fn wait(conn: &Connection, interval: &str) {
    let past = format!(
        "UPDATE sessions SET created_at = created_at - interval '{interval}',
         last_activity_at = last_activity_at - interval '{interval}', expires_at = expires_at - interval '{interval}'"
    );
    sql(conn, &past).await.unwrap();
}

#[tokio::test]
async fn a_password_is_hashed_with_argon2id_and_a_salt_of_its_own() {
    let hashes =
        [PasswordHash::new(PASSWORD).await.unwrap(), PasswordHash::new(PASSWORD).await.unwrap()];
    assert_ne!(hashes[0], hashes[1]);
    for hash in hashes {
        assert!(hash.as_phc().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(hash.verify(PASSWORD).await.unwrap());
        assert!(!hash.verify("correct horse battery stapl").await.unwrap());
        assert!(!hash.needs_rehash());
    }
}

#[tokio::test]
async fn a_password_has_1_to_1024_bytes() {
    for password in ["x".to_owned(), "密".repeat(341), "x".repeat(1024), "\0".to_owned()] {
        assert!(PasswordHash::new(&password).await.unwrap().verify(&password).await.unwrap());
    }
    let too_long = "x".repeat(1025);
    for password in ["", &too_long] {
        let error = PasswordHash::new(password).await.unwrap_err();
        assert!(matches!(&error, Error::Invalid { field, .. } if field == "password"));
        assert!(!error.to_string().contains('x'), "no secret is ever in a message");
    }
    insta::assert_snapshot!(
        PasswordHash::new(&too_long).await.unwrap_err(),
        @"password is not valid: it has 1025 bytes, not 1 to 1024"
    );
}

#[tokio::test]
async fn a_hash_of_another_kind_is_that_of_no_password() {
    for hash in ["$2b$12$abcdefghijklmnopqrstuv", "$argon2id$x", "plain", ""] {
        let hash = PasswordHash::from_phc(hash);
        assert!(!hash.verify("plain").await.unwrap());
        assert!(hash.needs_rehash());
    }
}

#[tokio::test]
async fn a_flood_of_passwords_does_not_hold_up_other_futures() {
    let hash = PasswordHash::new(PASSWORD).await.unwrap();
    let mut flood = JoinSet::new();
    for _ in 0..16 {
        let hash = hash.clone();
        flood.spawn(async move { hash.verify(PASSWORD).await.unwrap() });
    }
    // On the one thread of this runtime: were passwords verified on it, a turn of all of them would finish all of them.
    tokio::task::yield_now().await;
    let mut finished = 0;
    while flood.try_join_next().is_some_and(|verified| verified.unwrap()) {
        finished += 1;
    }
    assert!(finished < 16);
    assert_eq!(flood.join_all().await, vec![true; 16 - finished]);
}

#[tokio::test]
async fn a_person_signs_in_with_address_and_password() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let id = person(&conn, EMAIL).await;
    let (signed_in, token) = sign_in(&conn, "ANA@Example.org", PASSWORD).await.unwrap();
    assert_eq!((signed_in.user.id, signed_in.session.user_id), (id, id));
    assert_eq!(authenticate(&conn, &token).await.unwrap(), signed_in);
    let token_again: SessionToken = token.expose().parse().unwrap();
    let another: SessionToken = "0".repeat(64).parse().unwrap();
    assert!(token_again == token && token != another && token.hash() != another.hash());
    assert!(authenticate(&conn, &another).await.is_none());
}

#[tokio::test]
async fn every_failed_sign_in_verifies_one_password() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    person(&conn, EMAIL).await;
    for (email, status) in [
        ("s@example.org", UserStatus::Suspended),
        ("p@example.org", UserStatus::PendingVerification),
    ] {
        set_status(&conn, person(&conn, email).await, status).await;
    }
    User::soft_delete(&conn, person(&conn, "gone@example.org").await).await.unwrap();
    let without = NewUser::named("B").email("without@example.org").status(UserStatus::Active);
    User::create(&conn, &without).await.unwrap();
    let elsewhere = NewUser {
        password_hash: Some(PasswordHash::from_phc("$2b$12$abcdefghijklmnopqrstuv")),
        ..NewUser::named("C").email("elsewhere@example.org").status(UserStatus::Active)
    };
    User::create(&conn, &elsewhere).await.unwrap();

    let attempts = [
        (EMAIL, "wrong"),
        ("nobody@example.org", PASSWORD),
        ("", PASSWORD),
        ("\0", PASSWORD),
        ("s@example.org", PASSWORD),
        ("p@example.org", PASSWORD),
        ("gone@example.org", PASSWORD),
        ("without@example.org", PASSWORD),
        ("elsewhere@example.org", PASSWORD),
    ];
    for (email, password) in attempts {
        let before = password_verifications();
        assert!(sign_in(&conn, email, password).await.is_none(), "{email}");
        assert_eq!(password_verifications() - before, 1, "{email}");
    }
    assert_eq!(figure(&conn, "SELECT count(*) FROM sessions").await, 0.0);
    let before = password_verifications();
    assert!(sign_in(&conn, EMAIL, PASSWORD).await.is_some(), "the control");
    assert_eq!(password_verifications() - before, 1);
}

#[tokio::test]
async fn a_weak_hash_is_replaced_at_the_next_sign_in() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    // "password", weaker in nothing but memory: a test vector of the reference implementation (test.c).
    let weak = PasswordHash::from_phc(
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
    );
    assert!(weak.needs_rehash());
    let new = NewUser {
        password_hash: Some(weak.clone()),
        ..NewUser::named("Ana").email(EMAIL).status(UserStatus::Active)
    };
    let id = User::create(&conn, &new).await.unwrap().id;
    assert!(sign_in(&conn, EMAIL, "wrong").await.is_none());
    let stored = User::get(&conn, id).await.unwrap().password_hash.unwrap();
    assert_eq!(stored, weak, "a wrong password replaces nothing");
    let (signed_in, token) = sign_in(&conn, EMAIL, "password").await.unwrap();
    let stored = User::get(&conn, id).await.unwrap().password_hash.unwrap();
    assert!(!stored.needs_rehash() && stored.verify("password").await.unwrap());
    assert_eq!(signed_in.user.password_hash, Some(stored));
    assert!(authenticate(&conn, &token).await.is_some());
    assert!(sign_in(&conn, EMAIL, "password").await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_first_sign_ins_with_a_weak_hash_each_succeeds() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let new = NewUser {
        password_hash: Some(PasswordHash::from_phc(
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        )),
        ..NewUser::named("Ana").email(EMAIL).status(UserStatus::Active)
    };
    User::create(&conn, &new).await.unwrap();
    let mut tasks = JoinSet::new();
    for _ in 0..16 {
        let db = db.database().clone();
        tasks.spawn(async move {
            sign_in(&db.conn().await.unwrap(), EMAIL, "password").await.is_some()
        });
    }
    assert_eq!(tasks.join_all().await, [true; 16]);
}

#[tokio::test]
async fn a_new_password_signs_out_everywhere() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let id = person(&conn, EMAIL).await;
    let other = start(&conn, user(&conn, "B").await.id, SessionContext::Personal).await;
    let tokens = [
        sign_in(&conn, EMAIL, PASSWORD).await.unwrap().1,
        start(&conn, id, SessionContext::OauthGoogle).await,
    ];
    assert_eq!(User::set_password(&conn, id, "new").await.unwrap(), 2);
    for token in tokens {
        assert!(authenticate(&conn, &token).await.is_none());
    }
    assert!(authenticate(&conn, &other).await.is_some());
    assert!(sign_in(&conn, EMAIL, PASSWORD).await.is_none());
    assert!(sign_in(&conn, EMAIL, "new").await.is_some());

    assert!(matches!(User::set_password(&conn, id, "").await, Err(Error::Invalid { .. })));
    User::soft_delete(&conn, id).await.unwrap();
    assert!(matches!(User::set_password(&conn, id, "x").await, Err(Error::NotFound { .. })));
    sql(&conn, "BEGIN ISOLATION LEVEL REPEATABLE READ").await.unwrap();
    let refused = User::set_password(&conn, id, "x").await;
    assert!(matches!(refused, Err(Error::ForbiddenState { .. })));
    assert_eq!(refused_by(refused), "users_isolation_check");
    sql(&conn, "ROLLBACK").await.unwrap();
}

#[tokio::test]
async fn a_sign_in_with_the_old_password_that_is_under_way_is_ended_by_a_new_one() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let id = person(&conn, EMAIL).await;
    let old = User::get(&conn, id).await.unwrap().password_hash.unwrap();

    // The sign-in has its session, but has not committed.
    let signing_in = db.conn().await.unwrap();
    sql(&signing_in, "BEGIN").await.unwrap();
    let (_, token) = sign_in(&signing_in, EMAIL, PASSWORD).await.unwrap();
    let changing = tokio::spawn({
        let db = db.database().clone();
        async move { User::set_password(&db.conn().await.unwrap(), id, "new").await.unwrap() }
    });
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let deadline = Instant::now() + Duration::from_secs(10);
    while figure(&conn, waiting).await < 1.0 {
        assert!(Instant::now() < deadline, "the change waits for the sign-in");
    }
    sql(&signing_in, "COMMIT").await.unwrap();
    assert_eq!(changing.await.unwrap(), 1);
    assert!(authenticate(&conn, &token).await.is_none());

    // The control: one statement has one snapshot, and leaves the session.
    sql(&signing_in, "BEGIN").await.unwrap();
    let (_, token) = sign_in(&signing_in, EMAIL, "new").await.unwrap();
    let changing = tokio::spawn({
        let db = db.database().clone();
        let naive = format!(
            "WITH changed AS (UPDATE users SET password_hash = '{}' WHERE id = '{id}' RETURNING id)
             DELETE FROM sessions USING changed WHERE user_id = changed.id",
            old.as_phc()
        );
        async move { sql(&db.conn().await.unwrap(), &naive).await.unwrap() }
    });
    while figure(&conn, waiting).await < 1.0 {
        assert!(Instant::now() < deadline, "the control waits for the sign-in");
    }
    sql(&signing_in, "COMMIT").await.unwrap();
    changing.await.unwrap();
    assert!(authenticate(&conn, &token).await.is_some(), "the naive way is seen to fail");
}

#[tokio::test]
async fn a_session_lives_30_days_a_students_7_and_a_shared_devices_2_hours() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let district = group(&conn, GroupType::District, None, "D").await.id;
    let school = group(&conn, GroupType::School, district, "S").await.id;
    let class = Class::create(&conn, &NewClass::new(school, "7b")).await.unwrap().id;
    let closed = group(&conn, GroupType::School, district, "Closed").await.id;
    let life_of = async |id: UserId, context: SessionContext| {
        sql(&conn, "DELETE FROM sessions").await.unwrap();
        start(&conn, id, context).await;
        (rest_of_life(&conn).await / DAY * 12.0).round() / 12.0
    };
    let nobody = user(&conn, "Nobody").await.id;
    let own = user(&conn, "Student of a group").await.id;
    GroupMember::set_role(&conn, school, own, GroupRole::Student).await.unwrap();
    let attending = user(&conn, "Student of a class").await.id;
    ClassMember::enrol(&conn, class, attending, ClassRole::Student).await.unwrap();
    let teacher = user(&conn, "Teacher who attends a class").await.id;
    GroupMember::set_role(&conn, school, teacher, GroupRole::Teacher).await.unwrap();
    ClassMember::enrol(&conn, class, teacher, ClassRole::Student).await.unwrap();
    let assistant = user(&conn, "Student who teaches a class").await.id;
    GroupMember::set_role(&conn, school, assistant, GroupRole::Student).await.unwrap();
    ClassMember::enrol(&conn, class, assistant, ClassRole::Teacher).await.unwrap();
    let former = user(&conn, "Student whose school has closed").await.id;
    GroupMember::set_role(&conn, closed, former, GroupRole::Student).await.unwrap();
    let promoted = user(&conn, "Student whose school as a teacher has closed").await.id;
    GroupMember::set_role(&conn, closed, promoted, GroupRole::Teacher).await.unwrap();
    GroupMember::set_role(&conn, school, promoted, GroupRole::Student).await.unwrap();
    Group::archive(&conn, closed).await.unwrap();

    for (id, days) in [
        (nobody, 30.0),
        (own, 7.0),
        (attending, 7.0),
        (teacher, 30.0),
        (assistant, 30.0),
        (former, 30.0),
        (promoted, 7.0),
    ] {
        let name = User::get(&conn, id).await.unwrap().name;
        for context in SessionContext::ALL {
            let days = if *context == SessionContext::Shared { 1.0 / 12.0 } else { days };
            assert_eq!(life_of(id, *context).await, days, "{name}, {context}");
        }
    }
    let endless = SessionPolicy { shared_lifetime: NewSession::LIFETIME, ..Default::default() };
    let refused = Session::start(&conn, nobody, SessionContext::Shared, &endless).await;
    assert_eq!(refused_by(refused), "sessions_shared_lifetime_check");
    let beyond = SessionPolicy { lifetime: Duration::MAX, ..Default::default() };
    let refused = Session::start(&conn, nobody, SessionContext::Personal, &beyond).await;
    assert!(matches!(refused, Err(Error::Invalid { .. })));
}

#[tokio::test]
async fn a_signed_in_request_has_the_roles_in_live_groups() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let id = user(&conn, "A").await.id;
    let token = start(&conn, id, SessionContext::Personal).await;
    assert_eq!(authenticate(&conn, &token).await.unwrap().roles, []);
    let district = group(&conn, GroupType::District, None, "D").await.id;
    let school = group(&conn, GroupType::School, district, "S").await.id;
    let elsewhere = group(&conn, GroupType::District, None, "A").await.id;
    GroupMember::set_role(&conn, district, id, GroupRole::GroupAdmin).await.unwrap();
    GroupMember::set_role(&conn, school, id, GroupRole::Teacher).await.unwrap();
    GroupMember::set_role(&conn, elsewhere, id, GroupRole::Student).await.unwrap();
    let roles = async || {
        let roles = authenticate(&conn, &token).await.unwrap().roles;
        roles.into_iter().map(|it| format!("{} {}", it.path, it.role)).collect::<Vec<_>>()
    };
    assert_eq!(roles().await, ["a student", "d group_admin", "d.s teacher"]);
    Group::archive(&conn, district).await.unwrap();
    assert_eq!(roles().await, ["a student"], "and none below what is archived");
}

#[tokio::test]
async fn only_live_and_active_people_begin_or_go_on() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let id = person(&conn, EMAIL).await;
    let (session, token) = sign_in(&conn, EMAIL, PASSWORD).await.unwrap();
    let policy = SessionPolicy::default();
    let can_go_on = async || {
        let begins = Session::start(&conn, id, SessionContext::OauthGoogle, &policy).await.unwrap();
        let goes_on = authenticate(&conn, &token).await;
        assert_eq!(begins.is_some(), goes_on.is_some());
        goes_on.is_some()
    };
    for status in [UserStatus::Suspended, UserStatus::PendingVerification, UserStatus::Active] {
        set_status(&conn, id, status).await;
        assert_eq!(can_go_on().await, status == UserStatus::Active);
        if status != UserStatus::Active {
            assert!(Session::rotate(&conn, &token, &policy).await.unwrap().is_none());
        }
    }
    User::soft_delete(&conn, id).await.unwrap();
    assert!(!can_go_on().await);
    assert!(Session::rotate(&conn, &token, &policy).await.unwrap().is_none());
    User::restore(&conn, id).await.unwrap();
    assert!(can_go_on().await);
    Session::delete(&conn, session.session.id).await.unwrap();
    assert!(authenticate(&conn, &token).await.is_none());
}

#[tokio::test]
async fn activity_is_written_once_a_minute() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let token = start(&conn, user(&conn, "A").await.id, SessionContext::Personal).await;
    let first = authenticate(&conn, &token).await.unwrap().session;
    wait(&conn, "59 seconds").await;
    let version = "SELECT xmin::text::float8 FROM sessions";
    let before = figure(&conn, version).await;
    let still = authenticate(&conn, &token).await.unwrap().session;
    assert_eq!(figure(&conn, version).await, before, "nothing is written");
    assert!(still.last_activity_at < first.last_activity_at);
    wait(&conn, "2 seconds").await;
    let moved = authenticate(&conn, &token).await.unwrap().session;
    assert!(moved.last_activity_at > first.last_activity_at);
    assert!(figure(&conn, version).await > before);
    assert_eq!(authenticate(&conn, &token).await.unwrap().session, moved);
}

#[tokio::test]
async fn a_request_past_half_of_a_sessions_life_begins_it_anew_but_never_on_a_shared_device() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let district = group(&conn, GroupType::District, None, "D").await.id;
    let student = user(&conn, "Student").await.id;
    GroupMember::set_role(&conn, district, student, GroupRole::Student).await.unwrap();
    let adult = user(&conn, "Adult").await.id;
    let rest_after = async |id: UserId, context: SessionContext, waits: &[&str]| {
        sql(&conn, "DELETE FROM sessions").await.unwrap();
        let token = start(&conn, id, context).await;
        for interval in waits {
            wait(&conn, interval).await;
            let signed_in = authenticate(&conn, &token).await?;
            let said = (signed_in.session.expires_at - chrono::Utc::now()).as_seconds_f64();
            assert!((said - rest_of_life(&conn).await).abs() < 60.0, "what is returned is stored");
        }
        Some((rest_of_life(&conn).await / 60.0).round() * 60.0)
    };
    let personal = SessionContext::Personal;
    assert_eq!(rest_after(adult, personal, &["14 days"]).await, Some(16.0 * DAY));
    assert_eq!(rest_after(adult, personal, &["16 days"]).await, Some(30.0 * DAY));
    assert_eq!(rest_after(adult, personal, &["16 days", "29 days"]).await, Some(30.0 * DAY));
    assert_eq!(rest_after(adult, personal, &["16 days", "31 days"]).await, None);
    assert_eq!(rest_after(adult, personal, &["31 days"]).await, None);
    assert_eq!(rest_after(student, personal, &["3 days"]).await, Some(4.0 * DAY));
    assert_eq!(rest_after(student, personal, &["4 days"]).await, Some(7.0 * DAY));
    assert_eq!(rest_after(student, personal, &["8 days"]).await, None);
    let shared = SessionContext::Shared;
    assert_eq!(rest_after(adult, shared, &["90 minutes"]).await, Some(30.0 * 60.0));
    assert_eq!(rest_after(adult, shared, &["90 minutes", "31 minutes"]).await, None);
}

#[tokio::test]
async fn a_session_that_is_idle_for_too_long_is_void_and_purged() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let id = user(&conn, "A").await.id;
    let idle = SessionPolicy {
        idle_timeout: Some(Duration::from_secs(30 * 60)),
        ..SessionPolicy::default()
    };
    let tokens = [
        start(&conn, id, SessionContext::Personal).await,
        start(&conn, id, SessionContext::Personal).await,
    ];
    wait(&conn, "20 minutes").await;
    assert!(Session::authenticate(&conn, &tokens[0], &idle).await.unwrap().is_some());
    wait(&conn, "20 minutes").await;
    assert!(Session::authenticate(&conn, &tokens[0], &idle).await.unwrap().is_some());
    assert!(Session::authenticate(&conn, &tokens[1], &idle).await.unwrap().is_none());
    assert!(Session::rotate(&conn, &tokens[1], &idle).await.unwrap().is_none());
    let policy = SessionPolicy::default();
    assert_eq!(Session::purge_expired(&conn, &policy, 10).await.unwrap(), 0);
    assert_eq!(Session::purge_expired(&conn, &idle, 10).await.unwrap(), 1);
    assert!(Session::authenticate(&conn, &tokens[0], &idle).await.unwrap().is_some());

    for _ in 0..4 {
        start(&conn, id, SessionContext::Personal).await;
    }
    wait(&conn, "31 days").await;
    let batches = [(&idle, 2, 2), (&policy, 1, 1), (&idle, 10, 2), (&idle, 10, 0), (&policy, 1, 0)];
    for (policy, batch, purged) in batches {
        assert_eq!(Session::purge_expired(&conn, policy, batch).await.unwrap(), purged);
    }
}

#[tokio::test]
async fn a_request_does_not_wait_for_whoever_holds_the_session() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let token = start(&conn, user(&conn, "A").await.id, SessionContext::Personal).await;
    wait(&conn, "1 hour").await;
    let holder = db.conn().await.unwrap();
    sql(&holder, "BEGIN; SELECT FROM sessions FOR UPDATE").await.unwrap();
    sql(&conn, "SET lock_timeout = '50ms'").await.unwrap();
    assert!(authenticate(&conn, &token).await.is_some());
    // The control: a write does wait.
    assert!(Session::rotate(&conn, &token, &SessionPolicy::default()).await.is_err());
    sql(&holder, "ROLLBACK").await.unwrap();
}

#[tokio::test]
async fn a_rotated_session_is_the_same_with_another_token() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let policy = SessionPolicy::default();
    let old = start(&conn, user(&conn, "A").await.id, SessionContext::Shared).await;
    let before = authenticate(&conn, &old).await.unwrap().session;
    let (session, new) = Session::rotate(&conn, &old, &policy).await.unwrap().unwrap();
    assert_eq!((session.id, session.expires_at), (before.id, before.expires_at));
    assert_eq!(session.token_hash, new.hash());
    assert!(authenticate(&conn, &old).await.is_none());
    assert_eq!(authenticate(&conn, &new).await.unwrap().session, session);
    assert!(Session::rotate(&conn, &old, &policy).await.unwrap().is_none());
    wait(&conn, "2 hours").await;
    assert!(Session::rotate(&conn, &new, &policy).await.unwrap().is_none(), "it has expired");
}

const ROTATORS: usize = 10;

/// What is done with each session in turn, by all at once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// All rotate.
    Rotation,
    /// One signs out here, all others rotate.
    SignOut,
    /// One signs out everywhere, all others rotate.
    SignOutEverywhere,
}

impl Ending {
    fn of(round: usize) -> Self {
        [Self::Rotation, Self::SignOut, Self::Rotation, Self::SignOutEverywhere][round % 4]
    }
}

/// As one would write it: look whether the session is there, then put another one in its place.
async fn rotate_naively(conn: &Connection, old: &SessionToken) -> Option<SessionToken> {
    let hash = format!("sha256('\\x{}')", old.expose());
    let found = format!("SELECT count(*) FROM sessions WHERE token_hash = {hash}");
    if figure(conn, &found).await == 0.0 {
        return None;
    }
    let new = NewSession::new(UserId::generate(), SessionContext::Personal, Duration::ZERO).1;
    let replace = format!(
        "INSERT INTO sessions (user_id, token_hash, context, expires_at)
         SELECT id, sha256('\\x{}'), 'personal', now() + interval '30 days' FROM users;
         DELETE FROM sessions WHERE token_hash = {hash}",
        new.expose()
    );
    sql(conn, &replace).await.unwrap();
    Some(new)
}

/// Lets many rotate and sign out the same sessions at once, one session after the other. Returns for how many sessions that
/// did not hold what must: exactly one rotation has succeeded and the session is there once, with that token; a session that
/// was signed out is gone.
async fn rotate_at_once(db: &TestDatabase, naively: bool) -> usize {
    let conn = db.conn().await.unwrap();
    let policy = SessionPolicy::default();
    // One person, as then the naive way need not know whose session it was; signing out everywhere ends one session.
    let id = user(&conn, "A").await.id;
    let start = std::sync::Arc::new(tokio::sync::Barrier::new(ROTATORS));
    let mut wrong = 0;
    for round in 0..operations() / ROTATORS {
        let (signed_in, token) =
            Session::start(&conn, id, SessionContext::Personal, &policy).await.unwrap().unwrap();
        let ending = Ending::of(round);
        let mut tasks = JoinSet::new();
        for rotator in 0..ROTATORS {
            let (db, start, token) = (db.database().clone(), start.clone(), token.clone());
            let session_id = signed_in.session.id;
            tasks.spawn(async move {
                let conn = db.conn().await.unwrap();
                start.wait().await;
                if rotator == ROTATORS / 2 && ending == Ending::SignOut {
                    Session::delete(&conn, session_id).await.ok();
                    return None;
                }
                if rotator == ROTATORS / 2 && ending == Ending::SignOutEverywhere {
                    Session::delete_all(&conn, id).await.unwrap();
                    return None;
                }
                if naively {
                    return rotate_naively(&conn, &token).await;
                }
                let rotated = Session::rotate(&conn, &token, &SessionPolicy::default()).await;
                rotated.unwrap().map(|(_, token)| token)
            });
        }
        let rotated: Vec<SessionToken> = tasks.join_all().await.into_iter().flatten().collect();
        let there = figure(&conn, "SELECT count(*) FROM sessions").await;
        let mut valid = 0;
        for token in rotated.iter().chain([&token]) {
            valid += usize::from(authenticate(&conn, token).await.is_some());
        }
        wrong += usize::from(match ending {
            Ending::Rotation => (rotated.len(), there, valid) != (1, 1.0, 1),
            _ => rotated.len() > 1 || there != 0.0 || valid != 0,
        });
        Session::delete_all(&conn, id).await.unwrap();
    }
    wrong
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_rotations_of_a_token_one_succeeds_and_what_is_signed_out_stays_so() {
    let db = TestDatabase::create().await;
    assert_eq!(rotate_at_once(&db, false).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_control_that_looks_before_it_rotates_doubles_sessions() {
    let db = TestDatabase::create().await;
    let wrong = rotate_at_once(&db, true).await;
    println!("{wrong} of {} sessions doubled or revived", operations() / ROTATORS);
    assert!(wrong > 0, "the naive way is seen to fail");
}
