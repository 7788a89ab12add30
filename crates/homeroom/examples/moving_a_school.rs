//! A school changes its district, with everything in it. Runs on a private PostgreSQL that is gone afterwards.
//!
//! `cargo run -p homeroom --example moving_a_school --features testing`

use homeroom::testing::TestDatabase;
use homeroom::{Error, Group, GroupType, NewGroup, PageRequest, Result};

#[tokio::main]
async fn main() -> Result<()> {
    let db = TestDatabase::create().await;
    let conn = db.conn().await?;
    let create =
        async |kind, parent, name| Group::create(&conn, &NewGroup::new(kind, parent, name)).await;

    let aberdeen = create(GroupType::District, None, "Aberdeen").await?;
    let hoquiam = create(GroupType::District, None, "Hoquiam").await?;
    let school = create(GroupType::School, Some(aberdeen.id), "Miller Junior High").await?;
    let science = create(GroupType::Department, Some(school.id), "Science").await?;
    create(GroupType::Department, Some(science.id), "Biology").await?;

    // All of it in one statement; whoever inserts below the school meanwhile comes along.
    Group::move_to(&conn, school.id, Some(hoquiam.id)).await?;
    let page = PageRequest::first(100);
    for group in Group::list_descendants(&conn, hoquiam.id, None, &page).await?.items {
        println!("{:<10} {}", group.kind, group.path);
    }
    let counts = Group::count_subtree(&conn, hoquiam.id).await?;
    println!("{} school, {} departments", counts.schools, counts.departments);
    assert_eq!(Group::count_subtree(&conn, aberdeen.id).await?.schools, 0);

    // What makes no sense is refused by the database, and the error names the rule.
    let refused = Group::move_to(&conn, school.id, Some(science.id)).await;
    if let Err(error) = &refused {
        println!("refused by {}: {error}", error.rule().unwrap_or_default());
    }

    // A new school of that name can take the old address; the slug is unique among live siblings only.
    create(GroupType::School, Some(aberdeen.id), "Miller Junior High").await?;
    let back = Group::move_to(&conn, school.id, Some(aberdeen.id)).await;
    assert!(matches!(back, Err(Error::Conflict { ref rule, .. }) if rule == "groups_path_key"));

    // Move and rename together, or not at all.
    let moved = db
        .transaction(async |conn| {
            Group::rename(conn, school.id, "Old Miller", "old-miller").await?;
            Group::move_to(conn, school.id, Some(aberdeen.id)).await
        })
        .await?;
    println!("now at {}", moved.path);
    Ok(())
}
