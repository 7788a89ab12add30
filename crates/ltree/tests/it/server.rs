//! The databases of the tests: one whose locale knows all letters, and one whose locale is `C`.

use homeroom_embed::testing::TestCluster;
use tokio::sync::OnceCell;
use tokio_postgres::{Client, NoTls};

/// What the tests use beside the extension: casts and functions that return an error instead of failing.
const PREPARE: &str = "
    CREATE EXTENSION ltree;

    -- What the server makes of a text, or its error behind an exclamation mark.
    CREATE FUNCTION try_cast(value text, type text) RETURNS text LANGUAGE plpgsql AS $$
    DECLARE
        result text;
    BEGIN
        CASE type
            WHEN 'ltree' THEN result := (value::ltree)::text;
            WHEN 'lquery' THEN result := (value::lquery)::text;
            WHEN 'ltxtquery' THEN result := (value::ltxtquery)::text;
        END CASE;
        RETURN '=' || result;
    EXCEPTION WHEN OTHERS THEN
        RETURN '!' || SQLERRM;
    END $$;

    CREATE FUNCTION try_subpath(path ltree, start int, len int) RETURNS text LANGUAGE plpgsql AS $$
    BEGIN
        RETURN '=' || subpath(path, start, len)::text;
    EXCEPTION WHEN invalid_parameter_value THEN
        RETURN '!';
    END $$;

    CREATE FUNCTION try_subpath(path ltree, start int) RETURNS text LANGUAGE plpgsql AS $$
    BEGIN
        RETURN '=' || subpath(path, start)::text;
    EXCEPTION WHEN invalid_parameter_value THEN
        RETURN '!';
    END $$;

    CREATE FUNCTION try_subltree(path ltree, first int, past int) RETURNS text LANGUAGE plpgsql AS $$
    BEGIN
        RETURN '=' || subltree(path, first, past)::text;
    EXCEPTION WHEN invalid_parameter_value THEN
        RETURN '!';
    END $$;
";

/// The address of the database in which letters of all scripts are labels.
pub(crate) async fn url() -> String {
    static DATABASE: OnceCell<String> = OnceCell::const_new();
    DATABASE
        .get_or_init(|| create("ltree_unicode", &["C.UTF-8", "C.utf8", "en_US.UTF-8"]))
        .await
        .clone()
}

/// The address of the database in which ASCII letters alone are.
pub(crate) async fn ascii_url() -> String {
    static DATABASE: OnceCell<String> = OnceCell::const_new();
    DATABASE.get_or_init(|| create("ltree_ascii", &["C"])).await.clone()
}

async fn create(name: &str, locales: &[&str]) -> String {
    let server = TestCluster::shared().unwrap().server();
    let admin = connect(&server.url("postgres")).await;
    let mut created = Ok(());
    for locale in locales {
        let statement = format!(
            "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE '{locale}'"
        );
        created = admin.batch_execute(&statement).await;
        if created.is_ok() {
            break;
        }
    }
    created.unwrap();
    let url = server.url(name);
    connect(&url).await.batch_execute(PREPARE).await.unwrap();
    url
}

pub(crate) async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(async move {
        // When a test is over, nobody waits for the connection's end.
        let _ = connection.await;
    });
    client
}

/// A connection to the database in which letters of all scripts are labels.
pub(crate) async fn client() -> Client {
    connect(&url().await).await
}

/// 150018 for 15.18.
pub(crate) async fn version(client: &Client) -> i32 {
    let row =
        client.query_one("SELECT current_setting('server_version_num')::int", &[]).await.unwrap();
    row.get(0)
}
