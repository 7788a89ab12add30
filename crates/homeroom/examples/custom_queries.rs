//! Diesel queries of one's own beside the library's methods. Runs on a private PostgreSQL that is gone afterwards.
//!
//! `cargo run -p homeroom --example custom_queries --features testing`

use diesel::dsl::{count_star, max};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use homeroom::ltree::Lquery;
use homeroom::ltree::diesel::LtreeExpressionMethods;
use homeroom::schema::{classes, groups};
use homeroom::testing::TestDatabase;
use homeroom::{Class, Error, Group, GroupType, NewClass, NewGroup};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let db = TestDatabase::create().await;
    let mut conn = db.conn().await?;
    let district =
        Group::create(&conn, &NewGroup::new(GroupType::District, None, "Aberdeen")).await?;
    for name in ["Miller Junior High", "Central Park Elementary", "Stevens Elementary"] {
        let school =
            Group::create(&conn, &NewGroup::new(GroupType::School, district.id, name)).await?;
        for class in ["Art", "Mathematics"].iter().take(name.len() % 3) {
            Class::create(&conn, &NewClass::new(school.id, *class)).await?;
        }
    }

    // Our rows come out of your queries: each is `Selectable`.
    let wanted: Lquery = "aberdeen.central*|stevens*".parse()?;
    let schools: Vec<Group> = groups::table
        .filter(groups::path.matches(wanted).and(groups::deleted_at.is_null()))
        .order(groups::name)
        .select(Group::as_select())
        .load(&mut conn)
        .await?;
    for school in &schools {
        println!("{} at {}", school.name, school.path);
    }

    // So do columns of several tables, and typed codes as values.
    let counts: Vec<(String, i64, Option<String>)> = groups::table
        .inner_join(classes::table)
        .filter(groups::kind.eq(GroupType::School))
        .group_by(groups::name)
        .order(count_star().desc())
        .select((groups::name, count_star(), max(classes::name)))
        .load(&mut conn)
        .await?;
    for (school, classes, last) in counts {
        println!("{school}: {classes} classes, the last is {}", last.unwrap_or_default());
    }

    // Yours and ours in one transaction, and with one error type.
    db.transaction(async |conn| {
        Group::rename(conn, district.id, "Aberdeen Public Schools", "aberdeen").await?;
        let renamed = diesel::update(classes::table.filter(classes::name.eq("Art")))
            .set(classes::name.eq("Fine Arts"))
            .execute(conn)
            .await?;
        println!("{renamed} classes renamed");
        Ok::<_, Error>(())
    })
    .await?;
    Ok(())
}
