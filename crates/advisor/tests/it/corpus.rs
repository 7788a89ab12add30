//! The corpus: small schemas in the styles of several tools, each with a list of the faults that a machine can see in it. What is not on
//! the list is a false line.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use homeroom_advisor::{Family, Options, advise, rules};
use homeroom_embed::testing::{TestCluster, TestDatabase};

/// How often a rule was right and wrong.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Tally {
    pub(crate) found: usize,
    pub(crate) missed: usize,
    pub(crate) false_lines: usize,
}

impl Tally {
    /// The share of the faults that was found; 1 where there are none.
    pub(crate) fn recall(self) -> f64 {
        share(self.found, self.missed)
    }

    /// The share of the lines that are right; 1 where there are none.
    pub(crate) fn precision(self) -> f64 {
        share(self.found, self.false_lines)
    }
}

fn share(part: usize, rest: usize) -> f64 {
    if part + rest == 0 { 1.0 } else { part as f64 / (part + rest) as f64 }
}

/// What the rules of the families Index and Schema found in the corpus. `Display` is a table.
#[derive(Debug, Default)]
pub(crate) struct Measure {
    pub(crate) rules: BTreeMap<&'static str, Tally>,
    /// What was missed and what was false, a line each.
    pub(crate) wrong: Vec<String>,
}

impl Measure {
    /// All rules together.
    pub(crate) fn total(&self) -> Tally {
        self.rules.values().fold(Tally::default(), |sum, tally| Tally {
            found: sum.found + tally.found,
            missed: sum.missed + tally.missed,
            false_lines: sum.false_lines + tally.false_lines,
        })
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "{:<28} {:>6} {:>6} {:>6} {:>7} {:>9}",
            "rule", "found", "missed", "false", "recall", "precision"
        )?;
        let total = [("all", self.total())];
        for (rule, tally) in self.rules.iter().map(|(rule, tally)| (*rule, *tally)).chain(total) {
            writeln!(
                formatter,
                "{rule:<28} {:>6} {:>6} {:>6} {:>6.0}% {:>8.0}%",
                tally.found,
                tally.missed,
                tally.false_lines,
                tally.recall() * 100.0,
                tally.precision() * 100.0
            )?;
        }
        self.wrong.iter().try_for_each(|line| writeln!(formatter, "{line}"))
    }
}

/// Runs the rules on every schema of the corpus.
pub(crate) async fn measure() -> Measure {
    let measured: Vec<_> = rules::all()
        .filter(|rule| matches!(rule.family, Family::Index | Family::Schema))
        .map(|rule| rule.id)
        .collect();
    let mut measure = Measure {
        rules: measured.iter().map(|id| (*id, Tally::default())).collect(),
        wrong: Vec::new(),
    };
    let options = Options {
        rules: Some(measured.iter().map(|id| (*id).to_owned()).collect()),
        ..Options::default()
    };
    for script in scripts() {
        let name = script.file_stem().unwrap().to_string_lossy().into_owned();
        let database = TestDatabase::empty(TestCluster::shared().unwrap()).await.unwrap();
        let (client, connection) =
            tokio_postgres::connect(database.url(), tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client.batch_execute(&std::fs::read_to_string(&script).unwrap()).await.unwrap();
        let report = advise(&client, &options).await.unwrap();
        assert_eq!(report.failed, [], "{name}");

        let found: BTreeSet<_> = report
            .findings
            .iter()
            .map(|finding| (finding.rule, finding.object.to_string()))
            .collect();
        let expected = expected(&script.with_extension("expected"), &measured);
        for (rule, object) in &found {
            let tally = measure.rules.get_mut(rule).unwrap();
            if expected.contains(&(*rule, object.clone())) {
                tally.found += 1;
            } else {
                tally.false_lines += 1;
                measure.wrong.push(format!("{name}: false: {rule} {object}"));
            }
        }
        for (rule, object) in expected.difference(&found) {
            measure.rules.get_mut(rule).unwrap().missed += 1;
            measure.wrong.push(format!("{name}: missed: {rule} {object}"));
        }
    }
    measure
}

fn scripts() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut scripts: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .collect();
    scripts.sort();
    assert!(!scripts.is_empty(), "the corpus is empty");
    scripts
}

/// The lines `RULE KIND IDENTITY` of a list; the rest is comments.
fn expected(list: &Path, measured: &[&'static str]) -> BTreeSet<(&'static str, String)> {
    let text = std::fs::read_to_string(list).unwrap();
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (rule, object) = line.split_once(' ').unwrap();
            let rule = measured.iter().find(|id| **id == rule);
            (*rule.unwrap_or_else(|| panic!("{}: {line}", list.display())), object.to_owned())
        })
        .collect()
}

#[tokio::test]
async fn nine_of_ten_faults_are_found_and_at_most_one_line_in_ten_is_false() {
    let measure = measure().await;
    println!("{measure}");
    let total = measure.total();
    assert!(total.recall() >= 0.9 && total.precision() >= 0.9, "{measure}");
}
