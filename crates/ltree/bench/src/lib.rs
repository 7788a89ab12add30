//! The paths that are measured: state, district, school and department, of the real schools where their file is there.

use std::path::PathBuf;

use homeroom_ltree::slug;

/// How many paths are measured.
pub const PATHS: usize = 100_000;

const DEPARTMENTS: [&str; 10] = [
    "Mathematics",
    "English Language Arts",
    "Science",
    "Social Studies",
    "World Languages",
    "Physical Education",
    "Visual Arts",
    "Music",
    "Special Education",
    "Library",
];

/// The texts of 100,000 paths of four labels, some 60 bytes long.
pub fn paths() -> Vec<String> {
    let schools = schools().unwrap_or_else(generated);
    let label = |name: &str| slug(name).replace('-', "_");
    let mut paths = Vec::with_capacity(PATHS);
    for department in DEPARTMENTS {
        for (state, district, school) in &schools {
            paths.push(format!(
                "{}.{}.{}.{}",
                label(state),
                label(district),
                label(school),
                label(department)
            ));
        }
    }
    paths.truncate(PATHS);
    assert_eq!(paths.len(), PATHS);
    paths
}

/// Of `HOMEROOM_ORGANISATIONS` or the folder beside the repository.
fn schools() -> Option<Vec<(String, String, String)>> {
    let folder = std::env::var_os("HOMEROOM_ORGANISATIONS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data/organisations"),
        PathBuf::from,
    );
    let read = |file: &str, columns: &[&str]| {
        let mut file = csv::Reader::from_path(folder.join(file)).ok()?;
        let headers = file.headers().ok()?.clone();
        let columns: Option<Vec<usize>> = columns
            .iter()
            .map(|column| headers.iter().position(|header| header == *column))
            .collect();
        let columns = columns?;
        Some(
            file.records()
                .map_while(Result::ok)
                .map(|row| columns.iter().map(|&column| row[column].to_owned()).collect::<Vec<_>>())
                .collect::<Vec<_>>(),
        )
    };
    let districts: std::collections::HashMap<String, String> =
        read("districts.csv", &["nces_district_id", "name"])?
            .into_iter()
            .map(|row| (row[0].clone(), row[1].clone()))
            .collect();
    let schools = read("schools.csv", &["state", "nces_district_id", "name"])?;
    Some(
        schools
            .into_iter()
            .map(|row| {
                (row[0].clone(), districts.get(&row[1]).unwrap_or(&row[1]).clone(), row[2].clone())
            })
            .collect(),
    )
}

fn generated() -> Vec<(String, String, String)> {
    let kinds = ["Elementary School", "Middle School", "High School", "Academy"];
    (0..PATHS / DEPARTMENTS.len())
        .map(|i| {
            let state = ["WA", "MI", "FL"][i % 3].to_owned();
            (
                state,
                format!("Harbor Valley School District {}", i % 1_300),
                format!("Lincoln {i} {}", kinds[i % 4]),
            )
        })
        .collect()
}
