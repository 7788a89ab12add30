//! All real districts and schools stand in the tree.

use std::collections::HashMap;
use std::path::Path;

use diesel::sql_query;
use diesel::sql_types::{Array, Nullable, Text, Uuid};
use diesel_async::RunQueryDsl;
use homeroom::ltree::UniqueSlugs;
use homeroom::testing::TestDatabase;
use homeroom::{Connection, GroupId};

use super::{test_data, texts};

#[derive(Default)]
struct Level {
    ids: Vec<GroupId>,
    parents: Vec<Option<GroupId>>,
    names: Vec<String>,
    slugs: Vec<String>,
}

impl Level {
    async fn insert(self, mut conn: &Connection, kind: &str) {
        sql_query(include_str!("insert_level.sql"))
            .bind::<Array<Uuid>, _>(self.ids)
            .bind::<Array<Nullable<Uuid>>, _>(self.parents)
            .bind::<Array<Text>, _>(self.names)
            .bind::<Array<Text>, _>(self.slugs)
            .bind::<Text, _>(kind)
            .execute(&mut conn)
            .await
            .unwrap();
    }
}

fn read(path: &Path, file: &str) -> Vec<HashMap<String, String>> {
    csv::Reader::from_path(path.join(file)).unwrap().deserialize().map(Result::unwrap).collect()
}

#[tokio::test]
async fn all_real_districts_and_schools_stand_in_the_tree() {
    let Some(path) = test_data("organisations") else { return };
    let (districts, schools) = (read(&path, "districts.csv"), read(&path, "schools.csv"));
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();

    let mut slugs = UniqueSlugs::new();
    let mut level = Level::default();
    let mut ids = HashMap::new();
    for district in &districts {
        let id = GroupId::generate();
        ids.insert(&district["nces_district_id"], id);
        level.ids.push(id);
        level.parents.push(None);
        level.slugs.push(slugs.claim(&district["name"]));
        level.names.push(district["name"].clone());
    }
    level.insert(&conn, "district").await;

    let mut slugs: HashMap<GroupId, UniqueSlugs> = HashMap::new();
    let mut level = Level::default();
    for school in &schools {
        let district = ids[&school["nces_district_id"]];
        level.ids.push(GroupId::generate());
        level.parents.push(Some(district));
        level.slugs.push(slugs.entry(district).or_default().claim(&school["name"]));
        level.names.push(school["name"].clone());
    }
    let numbered = level.slugs.iter().filter(|slug| slug.ends_with("-2")).count();
    level.insert(&conn, "school").await;

    assert_eq!((districts.len(), schools.len()), (1_308, 10_288));
    let counts = texts(&conn, "SELECT type || ' ' || nlevel(path) || ' ' || count(*) AS content FROM groups GROUP BY type, nlevel(path) ORDER BY 1").await;
    assert_eq!(counts, ["district 1 1308", "school 2 10288"]);
    assert!(numbered > 0, "real siblings share a slug");
}
