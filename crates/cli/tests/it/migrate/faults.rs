//! What may go wrong on the way: many at once, a kill at any moment, a server that refuses. Each ends with one clear error and a
//! database that the next run continues.

use std::os::unix::fs::MetadataExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use homeroom_embed::testing::{TestCluster, TestDatabase};
use homeroom_embed::{Installation, Server, ServerConfig};
use tokio_postgres::{Client, NoTls};

use super::{Folder, settings};
use crate::{Home, Run, empty_database, homeroom_at, program, sql};

/// How often something is done of which the whole truth is `full`: a tenth every day, all with `HOMEROOM_TEST_OPERATIONS=10000`.
fn times(full: usize) -> usize {
    let set = std::env::var("HOMEROOM_TEST_OPERATIONS").ok();
    let operations: usize =
        set.map_or(1_000, |set| set.parse().expect("HOMEROOM_TEST_OPERATIONS is a number"));
    (full * operations / 10_000).max(2)
}

/// Starts the program, and does not wait for it.
fn spawn(variable: (&str, &str), arguments: &[&str]) -> Child {
    let mut command = program();
    command.env(variable.0, variable.1).args(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// A number below `limit`, a different one each time: where a kill hits is the subject here, and need not be repeatable.
fn random(limit: u64) -> u64 {
    use std::hash::{BuildHasher as _, RandomState};
    RandomState::new().hash_one(0) % limit
}

fn kill(pid: u32) {
    let killed = Command::new("kill").args(["-KILL", &pid.to_string()]).status().unwrap();
    assert!(killed.success());
}

/// How many of the tables `t1`, `t2` … there are, and how many of the migrations that make them are recorded.
const IN_STEP: &str = "(SELECT count(*) FROM pg_class WHERE relname ~ '^t[0-9]+$' AND relkind = 'r') || ' '
    || CASE WHEN to_regclass('homeroom_migrations') IS NULL THEN 0 ELSE
        (xpath('//c/text()', query_to_xml('SELECT count(*) AS c FROM homeroom_migrations WHERE name ~ ''^t''', true, false, '')))[1]::text::int END";

/// Looks at a database from a session of its own.
struct Observer(Client);

impl Observer {
    async fn at(url: &str) -> Self {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
        tokio::spawn(connection);
        Self(client)
    }

    async fn text(&self, sql: &str) -> String {
        let row = self.0.query_one(&format!("SELECT ({sql})::text"), &[]).await.unwrap();
        row.get(0)
    }

    async fn assert_in_step(&self) {
        let counts = self.text(IN_STEP).await;
        let (tables, recorded) = counts.split_once(' ').unwrap();
        assert_eq!(tables, recorded, "tables and rows of the history");
    }

    /// Waits until no session of a killed program does anything in the database any more.
    async fn wait_until_alone(&self) {
        let others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
        let deadline = Instant::now() + Duration::from_secs(20);
        while self.text(others).await != "0" {
            assert!(Instant::now() < deadline, "a session stays");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

#[tokio::test]
async fn of_ten_programs_at_once_one_works_and_nine_find_nothing_to_do() {
    let folder = Folder::new().with_tables(3);
    // It waits for every snapshot that is older: one who waits for the lock in the server would dead-lock with it.
    let (index, drop) =
        ("CREATE INDEX CONCURRENTLY i ON t1 (id);\n", "DROP INDEX CONCURRENTLY i;\n");
    folder.write("0004_index", index, drop);
    let up = ["migrate", "up", "--json", "--dir", folder.path()];
    for round in 0..times(50) {
        let database = empty_database().await;
        let started: Vec<_> =
            (0..10).map(|_| spawn(("DATABASE_URL", database.url()), &up)).collect();
        let mut done: Vec<usize> = started
            .into_iter()
            .map(|child| {
                let run = Run::of(child.wait_with_output().unwrap());
                assert_eq!(run.code, Some(0), "round {round}: {}", run.err);
                let report: serde_json::Value = serde_json::from_str(&run.out).unwrap();
                report["migrations"].as_array().unwrap().len()
            })
            .collect();
        done.sort_unstable();
        assert_eq!(done, [0, 0, 0, 0, 0, 0, 0, 0, 0, 4], "round {round}");
    }
}

#[tokio::test]
async fn a_program_killed_at_any_moment_leaves_what_the_next_one_continues() {
    let database = empty_database().await;
    let url = database.url();
    let folder = Folder::new().with_tables(25);
    // And one that runs statement by statement.
    folder.write(
        "0026_indexes",
        "CREATE TABLE rows (n int);\nINSERT INTO rows SELECT generate_series(1, 2000);\n\
         CREATE INDEX CONCURRENTLY rows_n ON rows (n);\nINSERT INTO rows VALUES (0);\n\
         CREATE INDEX CONCURRENTLY rows_n2 ON rows (n, (n + 1));\n",
        "DROP INDEX CONCURRENTLY rows_n2;\nDROP TABLE rows;\n",
    );
    let up = ["migrate", "up", "--dir", folder.path()];
    let down = ["migrate", "down", "--all", "--yes", "--dir", folder.path()];
    let observer = Observer::at(url).await;
    let undisturbed = Instant::now();
    homeroom_at(url, &up).done();
    let (mut longest, mut killed, mut way) = (undisturbed.elapsed(), 0, &down[..]);
    while killed < times(200) {
        let started = Instant::now();
        let mut child = spawn(("DATABASE_URL", url), way);
        std::thread::sleep(Duration::from_micros(random(longest.as_micros().try_into().unwrap())));
        if child.try_wait().unwrap().is_none() {
            kill(child.id());
            killed += 1;
        }
        let run = Run::of(child.wait_with_output().unwrap());
        observer.wait_until_alone().await;
        observer.assert_in_step().await;
        if run.code.is_some() {
            assert_eq!(run.code, Some(0), "after {killed} kills: {}", run.err);
            longest = started.elapsed();
            way = if way == up { &down } else { &up };
        }
    }
    // What was half taken back is taken back to its end, and then all goes up.
    let last = homeroom_at(url, way);
    assert_eq!(last.code, Some(0), "{}", last.err);
    homeroom_at(url, &up).done();
    assert_eq!(observer.text(IN_STEP).await, "25 25");
    let rows = "SELECT row(count(*), count(DISTINCT n)) FROM rows";
    assert_eq!(sql(url, &[rows]), "(2001,2001)", "no statement is lost and none is done twice");
    let indexes = "SELECT row(count(*), bool_and(indisvalid)) FROM pg_index WHERE indrelid = 'rows'::regclass";
    assert_eq!(sql(url, &[indexes]), "(2,t)");
}

/// The same kills of what other runners are: the script in one transaction, and its row of the history in the next.
#[tokio::test]
async fn control_a_history_written_after_its_script_is_out_of_step_after_a_kill_and_stays_so() {
    let database = empty_database().await;
    let url = database.url();
    let observer = Observer::at(url).await;
    let psql = Installation::find_or_fetch().unwrap().program("psql").unwrap();
    // Applies what is not recorded, each statement being a transaction of its own.
    let naive_up = |recorded: usize| {
        let mut command = Command::new(&psql);
        command.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url]);
        for n in recorded + 1..=25 {
            command.args(["-c", &format!("CREATE TABLE t{n} (id int)")]);
            command.args(["-c", &format!("INSERT INTO naive VALUES ({n})")]);
        }
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let begin_anew = async || {
        let drop: String = (1..=25).map(|n| format!("DROP TABLE IF EXISTS t{n};")).collect();
        let create = "DROP TABLE IF EXISTS naive; CREATE TABLE naive (version int PRIMARY KEY)";
        observer.0.batch_execute(&format!("{drop}{create}")).await.unwrap();
    };
    begin_anew().await;
    let undisturbed = Instant::now();
    assert!(naive_up(0).wait_with_output().unwrap().status.success());
    let longest = undisturbed.elapsed().as_micros().try_into().unwrap();
    for _ in 0..200 {
        begin_anew().await;
        let mut child = naive_up(0);
        std::thread::sleep(Duration::from_micros(random(longest)));
        child.kill().unwrap();
        child.wait().unwrap();
        observer.wait_until_alone().await;
        let recorded = observer.text("SELECT count(*) FROM naive").await;
        let tables = "SELECT count(*) FROM pg_class WHERE relname ~ '^t[0-9]+$' AND relkind = 'r'";
        if observer.text(tables).await != recorded {
            let next = Run::of(naive_up(recorded.parse().unwrap()).wait_with_output().unwrap());
            assert!(next.code != Some(0) && next.err.contains("already exists"), "{}", next.err);
            return;
        }
    }
    panic!("200 kills did the naive runner no harm: the test above proves nothing");
}

#[tokio::test]
async fn a_server_killed_at_any_moment_comes_back_with_what_was_recorded() {
    let home = Home::new();
    let folder = Folder::in_folder(home.folder.path(), "shop/migrations").with_tables(25);
    let data_dir = home.data_dir();
    let variable = ("HOMEROOM_DATA_DIR", data_dir.to_str().unwrap());
    let up = ["migrate", "up", "--dir", folder.path()];
    let down = ["migrate", "down", "--all", "--yes", "--dir", folder.path()];
    let url = format!(
        "postgresql://postgres@{}/shop",
        data_dir.join("run").display().to_string().replace('/', "%2F")
    );
    let (mut cut_off, mut way) = (0, &up[..]);
    while cut_off < times(20) {
        home.run(&["postgres", "start"]).done();
        let child = spawn(variable, way);
        std::thread::sleep(Duration::from_micros(random(90_000)));
        let pid = std::fs::read_to_string(data_dir.join("data/postmaster.pid")).unwrap();
        kill(pid.lines().next().unwrap().parse().unwrap());
        let run = Run::of(child.wait_with_output().unwrap());
        assert!(!run.err.contains("panicked"), "{}", run.err);
        if run.code != Some(0) {
            cut_off += 1;
            assert!(run.err.starts_with("error: ") || run.err.contains("\nerror: "), "{}", run.err);
        }
        // The next one finds the server recovered, and goes on.
        home.run(&["postgres", "start"]).done();
        home.run(way).done();
        Observer::at(&url).await.assert_in_step().await;
        way = if way == up { &down } else { &up };
    }
}

#[tokio::test]
async fn a_table_that_somebody_holds_is_told_and_the_next_run_goes_on() {
    let database = empty_database().await;
    let url = database.url();
    let folder = Folder::new().with_tables(1);
    let up =
        ["migrate", "up", "--lock-timeout", "100ms", "--attempts", "2", "--dir", folder.path()];
    homeroom_at(url, &up).done();
    folder.write(
        "0002_column",
        "ALTER TABLE t1 ADD COLUMN n int;\n",
        "ALTER TABLE t1 DROP COLUMN n;\n",
    );
    let holder = Observer::at(url).await.0;
    holder.batch_execute("BEGIN; LOCK TABLE t1 IN ACCESS SHARE MODE").await.unwrap();
    settings(&[(folder.path(), "[folder]")])
        .bind(|| insta::assert_snapshot!(homeroom_at(url, &up).failed(), @"
        exit code 1
        0002_column is tried again: canceling statement due to lock timeout
        error: 0002_column failed at 0002_column.up.sql:1:1: canceling statement due to lock timeout (55P03)
          1 | ALTER TABLE t1 ADD COLUMN n int;
            | ^
          hint: another session holds a lock on the table: end its transaction, or allow a longer lock_timeout
          tried 2 times
          nothing of this migration was kept
        "));
    holder.batch_execute("COMMIT").await.unwrap();
    homeroom_at(url, &up).done();
}

#[tokio::test]
async fn a_server_that_takes_no_writes_is_told() {
    let database = empty_database().await;
    let url = database.url();
    let folder = Folder::new().with_tables(1);
    let up = ["migrate", "up", "--dir", folder.path()];
    let name = sql(url, &["SELECT current_database()"]);
    sql(url, &[&format!("ALTER DATABASE \"{name}\" SET default_transaction_read_only = on")]);
    insta::assert_snapshot!(homeroom_at(url, &up).failed(), @"
    exit code 1
    error: creating the history table failed: cannot execute CREATE TABLE in a read-only transaction
    help: it is a standby, or default_transaction_read_only is on: name the server that takes writes in DATABASE_URL
    ");
    sql(
        url,
        &[
            "SET default_transaction_read_only = off",
            &format!("ALTER DATABASE \"{name}\" RESET ALL"),
        ],
    );
    homeroom_at(url, &up).done();
}

#[tokio::test]
async fn a_standby_is_told_and_nothing_is_changed() {
    let replicated = || {
        ServerConfig::throwaway().setting("wal_level", "replica").setting("max_wal_senders", "5")
    };
    let primary = Server::start(&replicated()).unwrap();
    primary.create_database("shop").unwrap();
    primary.create_database("empty").unwrap();
    let folder = Folder::new().with_tables(1);
    let up = ["migrate", "up", "--dir", folder.path()];
    homeroom_at(&primary.url("shop"), &up).done();
    let standby = Server::start(&replicated().replica_of(&primary.url("postgres"))).unwrap();
    insta::assert_snapshot!(homeroom_at(&standby.url("empty"), &up).failed(), @"
    exit code 1
    error: creating the history table failed: cannot execute CREATE TABLE in a read-only transaction
    help: it is a standby, or default_transaction_read_only is on: name the server that takes writes in DATABASE_URL
    ");
    // What only reads is answered.
    assert!(homeroom_at(&standby.url("shop"), &up).done().starts_with("nothing to do: "));
    folder.write("0002_n", "ALTER TABLE t1 ADD n int;\n", "ALTER TABLE t1 DROP n;\n");
    settings(&[(folder.path(), "[folder]")])
        .bind(|| insta::assert_snapshot!(homeroom_at(&standby.url("shop"), &up).failed(), @"
        exit code 1
        error: 0002_n failed at 0002_n.up.sql:1:1: cannot execute ALTER TABLE in a read-only transaction (25006)
          1 | ALTER TABLE t1 ADD n int;
            | ^
          hint: it is a standby, or default_transaction_read_only is on: migrate on the server that takes writes
          nothing of this migration was kept
        "));
    let status = ["migrate", "status", "--dir", folder.path()];
    for server in [&standby, &primary] {
        let status = homeroom_at(&server.url("shop"), &status);
        assert!(
            status.code == Some(2) && status.out.contains("1 migration is pending"),
            "{}",
            status.out
        );
    }
    homeroom_at(&primary.url("shop"), &up).done();
    standby.stop().unwrap();
    primary.stop().unwrap();
}

#[tokio::test]
async fn a_role_that_may_not_create_is_told() {
    let database = empty_database().await;
    let folder = Folder::new().with_tables(1);
    let role = format!("reader_{}", std::process::id());
    sql(
        database.url(),
        &[&format!("CREATE ROLE {role} LOGIN"), "REVOKE CREATE ON SCHEMA public FROM public"],
    );
    let url = database.url().replacen("postgres@", &format!("{role}@"), 1);
    let up = ["migrate", "up", "--dir", folder.path()];
    settings(&[(role.as_str(), "[role]")])
        .bind(|| insta::assert_snapshot!(homeroom_at(&url, &up).failed(), @"
        exit code 1
        error: creating the history table failed: permission denied for schema public
        help: the user of DATABASE_URL needs the right to create in the schema public: its owner, or GRANT CREATE
        "));
    sql(database.url(), &[&format!("GRANT CREATE ON SCHEMA public TO {role}")]);
    homeroom_at(&url, &up).done();
    sql(database.url(), &[&format!("DROP OWNED BY {role} CASCADE"), &format!("DROP ROLE {role}")]);
}

/// A small disk: a tmpfs that the server's user may write to.
struct Disk(tempfile::TempDir);

impl Disk {
    /// `None`, and a line that says so, where this user may not mount.
    fn mount(database: &TestDatabase) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let socket = database.url().split_once('@').unwrap().1.split_once(':').unwrap().0;
        let owner = std::fs::metadata(socket.replace("%2F", "/")).unwrap();
        let options = format!("size=8m,mode=0700,uid={},gid={}", owner.uid(), owner.gid());
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(folder.path());
        if command.stderr(Stdio::null()).status().is_ok_and(|status| status.success()) {
            let open = std::os::unix::fs::PermissionsExt::from_mode(0o700);
            std::fs::set_permissions(folder.path(), open).unwrap();
            return Some(Self(folder));
        }
        println!("skipped: this user may not mount a small disk");
        None
    }

    fn enlarge(&self) {
        let mut command = Command::new("mount");
        let status = command.args(["-o", "remount,size=64m"]).arg(self.0.path()).status().unwrap();
        assert!(status.success());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[tokio::test]
async fn a_full_disk_is_told_and_the_next_run_goes_on_when_there_is_room() {
    let cluster = TestCluster::shared().unwrap();
    let database = TestDatabase::empty(cluster).await.unwrap();
    let Some(disk) = Disk::mount(&database) else { return };
    let url = database.url();
    let space = format!("small_{}", std::process::id());
    sql(url, &[&format!("CREATE TABLESPACE {space} LOCATION '{}'", disk.0.path().display())]);
    let folder = Folder::new().with_tables(1);
    folder.write(
        "0002_rows",
        &format!("CREATE TABLE rows TABLESPACE {space} AS SELECT n, repeat('x', 500) AS text FROM generate_series(1, 30000) AS n;\n"),
        "DROP TABLE rows;\n",
    );
    let up = ["migrate", "up", "--dir", folder.path()];
    let mut settings = settings(&[(space.as_str(), "[space]"), (folder.path(), "[folder]")]);
    settings.add_filter(r#"file "[^"]+""#, "file [file]");
    settings.add_filter(r"wrote only \d+ of \d+ bytes at block \d+", "[how much]");
    settings.bind(|| insta::assert_snapshot!(homeroom_at(url, &up).failed(), @"
    exit code 1
    1 migration was done before the error and stays so
    error: 0002_rows failed at 0002_rows.up.sql:1:1: could not extend file [file]: No space left on device (53100)
      1 | CREATE TABLE rows TABLESPACE [space] AS SELECT n, repeat('x', 500) AS text FROM generate_series(1, 30000) AS n;
        | ^
      hint: Check free disk space.
      nothing of this migration was kept
    "));
    assert_eq!(sql(url, &["SELECT max(version) FROM homeroom_migrations"]), "1");
    disk.enlarge();
    homeroom_at(url, &up).done();
    sql(url, &["DROP TABLE rows", &format!("DROP TABLESPACE {space}")]);
}
