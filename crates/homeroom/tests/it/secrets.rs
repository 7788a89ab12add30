//! No password and no token in whatever is logged, traced, printed or told as an error.

use std::error::Error as StdError;
use std::fmt::{self, Debug, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use homeroom::testing::TestDatabase;
use homeroom::{
    Database, DatabaseConfig, NewUser, PasswordHash, Session, SessionContext, SessionPolicy, User,
    UserStatus, migrator,
};
use homeroom_embed::ServerConfig;
use homeroom_embed::testing::TestCluster;
use homeroom_migrate::UpOptions;
use tracing::field::{Field, Visit};
use tracing::span;

use crate::sql;

/// The database role's password, with characters that a URL has to encode.
const DATABASE: &str = "zaffre@vermilion/7";
const ENCODED: &str = "zaffre%40vermilion%2F7";
const PERSON: &str = "chartreuse of the third kind";
const MISTYPED: &str = "chartreuse of the forth kind";

/// Listens to everything while the scenario runs, and keeps it.
static LISTENING: AtomicBool = AtomicBool::new(false);
static HEARD: Mutex<String> = Mutex::new(String::new());
static EVENTS: [AtomicUsize; 3] = [const { AtomicUsize::new(0) }; 3];

fn hear(source: usize, text: &str) {
    if LISTENING.load(Ordering::SeqCst) {
        EVENTS[source].fetch_add(1, Ordering::SeqCst);
        HEARD.lock().unwrap().push_str(text);
    }
}

struct Tracing;

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        writeln!(self.0, "{field}={value:?}").unwrap();
    }

    fn record_error(&mut self, field: &Field, value: &(dyn StdError + 'static)) {
        writeln!(self.0, "{field}={}", told(value)).unwrap();
    }
}

impl tracing::Subscriber for Tracing {
    fn register_callsite(
        &self,
        _: &'static tracing::Metadata<'static>,
    ) -> tracing::subscriber::Interest {
        tracing::subscriber::Interest::sometimes()
    }

    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        LISTENING.load(Ordering::SeqCst)
    }

    fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
        let mut fields = Fields(String::new());
        span.record(&mut fields);
        hear(0, &fields.0);
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        let mut fields = Fields(String::new());
        values.record(&mut fields);
        hear(0, &fields.0);
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let mut fields = Fields(String::new());
        event.record(&mut fields);
        hear(0, &fields.0);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

/// The driver and TLS log through another facade.
struct Logging;

impl log::Log for Logging {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        LISTENING.load(Ordering::SeqCst)
    }

    fn log(&self, record: &log::Record<'_>) {
        hear(1, &format!("{}: {}\n", record.target(), record.args()));
    }

    fn flush(&self) {}
}

/// Diesel's own, which is given every statement with what is bound to it.
struct Statements;

impl Instrumentation for Statements {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        hear(2, &format!("{event:?}\n"));
    }
}

/// Everything that an error can tell: its text, its inside, and the same of all that it stands on.
fn told(error: &(dyn StdError + 'static)) -> String {
    let mut text = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        writeln!(text, "{error}\n{error:?}\n{error:#?}").unwrap();
        next = error.source();
    }
    text
}

/// Collects what is printed of values and errors.
#[derive(Default)]
struct Printed(String);

impl Printed {
    fn value(&mut self, value: &impl Debug) {
        writeln!(self.0, "{value:?}\n{value:#?}").unwrap();
    }

    #[track_caller]
    fn error<T: Debug, E: StdError + 'static>(&mut self, outcome: Result<T, E>) {
        let text = told(&outcome.expect_err("it fails"));
        self.0.push_str(&text);
    }
}

impl fmt::Display for Printed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_password_and_no_token_is_in_any_log_trace_error_or_debug_output() {
    tracing::subscriber::set_global_default(Tracing).unwrap();
    log::set_logger(&Logging).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    set_default_instrumentation(|| {
        LISTENING.load(Ordering::SeqCst).then(|| Box::new(Statements) as Box<dyn Instrumentation>)
    })
    .unwrap();
    LISTENING.store(true, Ordering::SeqCst);
    let mut printed = Printed::default();

    let rules = "host all all 127.0.0.1/32 scram-sha-256";
    let cluster = TestCluster::start(&ServerConfig::throwaway().listen(rules).unwrap()).unwrap();
    let port = cluster.server().port().unwrap();
    let admin = Database::connect(
        DatabaseConfig::builder(&cluster.server().url("postgres")).build().unwrap(),
    );
    let admin = admin.await.unwrap();
    let conn = admin.conn().await.unwrap();
    // (Whoever writes a password into SQL has it in the statement: that is not ours.)
    LISTENING.store(false, Ordering::SeqCst);
    sql(&conn, &format!("CREATE ROLE app LOGIN PASSWORD '{DATABASE}'")).await.unwrap();
    LISTENING.store(true, Ordering::SeqCst);
    let url = |password: &str, rest: &str| {
        format!("postgresql://app:{password}@127.0.0.1:{port}/postgres{rest}")
    };

    // Settings: good and bad.
    for bad in [
        url(ENCODED, "?sslmode=never"),
        url(ENCODED, "?no_such_word=1"),
        format!("postgresql://app:{DATABASE}@127.0.0.1:port/d"),
        format!("host=127.0.0.1 password={DATABASE}"),
        format!("app:{DATABASE}@h"),
        format!("postgresql://app@/d?password={ENCODED}"),
    ] {
        let builder = DatabaseConfig::builder(&bad).pool_min(7).pool_max(3);
        printed.value(&builder);
        printed.error(builder.build());
    }
    let config = DatabaseConfig::builder(&url(ENCODED, ""))
        .pool_max(1)
        .pool_min(0)
        .acquire_timeout(Duration::from_millis(20))
        .slow_statement(Duration::from_millis(1))
        .build()
        .unwrap();
    printed.value(&config);

    // Connecting: well, with a wrong password, to a wrong database, with TLS that is not there, to nobody.
    let db = Database::connect(config.clone()).await.unwrap();
    for wrong in [
        url(&format!("{ENCODED}x"), ""),
        url(ENCODED, "?sslmode=require"),
        url(ENCODED, "?target_session_attrs=read-only"),
        url(ENCODED, "").replace("/postgres", "/nowhere"),
        url(ENCODED, "").replace(&port.to_string(), "1"),
    ] {
        let config = DatabaseConfig::builder(&wrong).build().unwrap();
        printed.error(Database::connect(config.clone()).await);
        printed.error(config.connect_client().await.map(|_| ()));
    }

    // The pool: exhausted, cancelled, lost.
    let conn = db.conn().await.unwrap();
    printed.value(&conn);
    printed.error(db.conn().await);
    drop(tokio::time::timeout(Duration::from_millis(20), sql(&conn, "SELECT pg_sleep(9)")).await);
    drop(conn);
    printed.error(
        sql(&db.conn().await.unwrap(), "SELECT pg_terminate_backend(pg_backend_pid())").await,
    );

    // Migrations that are not allowed.
    let mut client = db.config().connect_client().await.unwrap();
    printed.error(migrator().unwrap().up(&mut client, &UpOptions::default()).await);
    db.close().await;
    printed.error(db.conn().await);
    printed.value(&db);

    // Signing in: well, mistyped, unknown, too long.
    let people = TestDatabase::create().await;
    let conn = people.conn().await.unwrap();
    let hash = PasswordHash::new(PERSON).await.unwrap();
    printed.value(&hash);
    let person = NewUser {
        password_hash: Some(hash),
        ..NewUser::named("Ana").email("ana@example.org").status(UserStatus::Active)
    };
    printed.value(&person);
    printed.value(&User::create(&conn, &person).await.unwrap());
    printed.error(User::create(&conn, &person).await);
    let policy = SessionPolicy::default();
    let sign_in = async |password: &str| {
        Session::sign_in(&conn, "ana@example.org", password, SessionContext::Personal, &policy)
            .await
    };
    let signed_in = sign_in(PERSON).await.unwrap().unwrap();
    printed.value(&signed_in);
    let (_, token) = signed_in;
    printed.value(&sign_in(MISTYPED).await.unwrap());
    printed.value(&Session::authenticate(&conn, &token, &policy).await.unwrap().unwrap());
    let (rotated, new) = Session::rotate(&conn, &token, &policy).await.unwrap().unwrap();
    printed.value(&(rotated, &new));
    printed.error(format!("{}x", token.expose()).parse::<homeroom::SessionToken>());
    printed.error(User::set_password(&conn, homeroom::UserId::generate(), PERSON).await);
    User::set_password(&conn, person.id, PERSON).await.unwrap();
    printed.error(PasswordHash::new(&PERSON.repeat(100)).await);
    LISTENING.store(false, Ordering::SeqCst);

    let heard = HEARD.lock().unwrap();
    let all = format!("{heard}{printed}");
    for secret in
        [DATABASE, ENCODED, "zaffre", PERSON, "chartreuse", &token.expose(), &new.expose()]
    {
        if let Some(at) = all.find(secret) {
            let around: String = all[..at].chars().rev().take(300).collect();
            panic!("a secret is told after: {}", around.chars().rev().collect::<String>());
        }
    }
    let events = EVENTS.each_ref().map(|events| events.load(Ordering::SeqCst));
    println!("{events:?} events, {} bytes were heard and printed", all.len());
    assert!(events.iter().all(|events| *events > 0), "nothing was heard: {events:?}");
}
