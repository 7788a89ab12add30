//! The private server from its start to its end.

use crate::{Home, settings};

#[test]
fn a_private_server_stays_from_start_to_stop_and_keeps_its_data_until_it_is_destroyed() {
    let home = Home::new();
    let data_dir = home.data_dir();
    let place = data_dir.to_str().unwrap();

    let run = home.run(&["postgres", "url"]);
    settings(&[(place, "[folder]")]).bind(|| {
        insta::assert_snapshot!(run.failed(), @"
        exit code 1
        error: the private PostgreSQL in [folder] does not run
        help: start it with `homeroom postgres start`
        ");
    });
    assert_eq!(home.run(&["postgres", "status", "--json"]).json()["running"], false);

    let started = home.run(&["postgres", "start", "--json"]).json();
    assert_eq!(started["running"], true);
    let url = home.run(&["postgres", "url"]).done();
    assert_eq!(started["url"], url.trim());
    assert_eq!(crate::sql(url.trim(), &["SELECT current_database()"]), "homeroom");

    // The commands without DATABASE_URL use it, and leave it running.
    assert_eq!(home.run(&["migrate", "status"]).code, Some(2));
    let up = home.run(&["migrate", "up"]).done();
    assert!(up.contains(&format!("{} migrations applied", crate::newest())), "{up}");
    let count = home.run(&["postgres", "psql", "--", "-Atc", "SELECT count(*) FROM users"]).done();
    assert_eq!(count, "0\n");
    assert_eq!(home.run(&["postgres", "psql", "--", "-c", "SELECT nonsense"]).code, Some(1));
    assert_eq!(home.run(&["postgres", "status", "--json"]).json()["pid"], started["pid"]);

    let refused = home.run(&["postgres", "destroy", "--yes"]);
    assert!(
        refused.err.contains("is running") && refused.err.contains("homeroom postgres stop"),
        "{}",
        refused.err
    );
    home.run(&["postgres", "stop"]).done();
    assert!(home.run(&["postgres", "stop"]).done().contains("does not run"));

    // And start it for their own time when it does not run.
    assert_eq!(home.run(&["migrate", "status"]).code, Some(0));
    assert_eq!(home.run(&["postgres", "status", "--json"]).json()["running"], false);

    let refused = home.run(&["postgres", "destroy"]);
    assert!(refused.err.contains("help: say --yes"), "{}", refused.err);
    home.run(&["postgres", "destroy", "--yes"]).done();
    assert!(!data_dir.exists());
    assert!(home.run(&["postgres", "destroy", "--yes"]).done().contains("has no data"));
}
