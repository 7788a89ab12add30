//! What is asked for on the command line.

use std::time::Duration;

pub(crate) const USAGE: &str = "\
usage: cargo xtask bench [PART…] [OPTION…]

parts (all but flat, when none is named)
  workloads             Homeroom beside hand-written tokio-postgres, and beside the earlier system
  writes                WAL, HOT updates and bytes a message
  pool                  checkouts, and fairness under 16, 64 and 200 tasks
  import                the roster of a large urban district, where the test data is (HOMEROOM_TEST_DATA)
  flat                  100,000, 1,000,000 and 10,000,000 messages: some minutes, and 8 GB in the folder for temporary files

options
  --scale FACTOR        of 1,000,000 messages [1]
  --only TEXT           workloads with this in their name
  --rounds N            of which the median counts [9]
  --milliseconds N      a side and round [250]
  --json FILE           the figures
  --plot FILE           a picture of the workloads, as SVG
  --document FILE       puts the tables into their places there: docs/PERFORMANCE.md";

const PARTS: [&str; 5] = ["workloads", "writes", "pool", "import", "flat"];

#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) parts: Vec<String>,
    pub(crate) scale: f64,
    pub(crate) rounds: usize,
    pub(crate) time: Duration,
    pub(crate) only: Option<String>,
    pub(crate) json: Option<String>,
    pub(crate) plot: Option<String>,
    pub(crate) document: Option<String>,
}

impl Options {
    pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            parts: Vec::new(),
            scale: 1.0,
            rounds: 9,
            time: Duration::from_millis(250),
            only: None,
            json: None,
            plot: None,
            document: None,
        };
        // Cargo says that it is a benchmark.
        let mut arguments = arguments.filter(|argument| argument != "--bench");
        while let Some(argument) = arguments.next() {
            if argument == "--help" {
                return Err(USAGE.to_owned());
            }
            if PARTS.contains(&argument.as_str()) {
                options.parts.push(argument);
                continue;
            }
            let known = [
                "--scale",
                "--rounds",
                "--milliseconds",
                "--only",
                "--json",
                "--plot",
                "--document",
            ];
            if !known.contains(&argument.as_str()) {
                return Err(format!("there is no {argument:?}\n\n{USAGE}"));
            }
            let value = arguments.next().ok_or_else(|| format!("{argument} takes a value"))?;
            let number = || -> Result<f64, String> {
                let number = value.parse().ok().filter(|number: &f64| *number > 0.0);
                number.ok_or_else(|| format!("{argument} takes a number above 0, not {value:?}"))
            };
            match argument.as_str() {
                "--scale" => options.scale = number()?,
                "--rounds" => options.rounds = number()? as usize,
                "--milliseconds" => options.time = Duration::from_millis(number()? as u64),
                "--only" => options.only = Some(value),
                "--json" => options.json = Some(value),
                "--plot" => options.plot = Some(value),
                _ => options.document = Some(value),
            }
        }
        if options.rounds == 0 {
            return Err("--rounds takes a whole number above 0".to_owned());
        }
        Ok(options)
    }

    pub(crate) fn wants(&self, part: &str) -> bool {
        match self.parts.as_slice() {
            [] => part != "flat",
            parts => parts.iter().any(|it| it == part),
        }
    }

    pub(crate) fn includes(&self, work: &str) -> bool {
        self.only.as_ref().is_none_or(|only| work.contains(only.as_str()))
    }
}
