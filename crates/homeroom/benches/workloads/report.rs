//! The table.

use std::fmt::Write;

use serde::Serialize;

use crate::measure::{Round, median};

/// Medians of rounds, in seconds an operation.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Figures {
    pub(crate) seconds: f64,
    pub(crate) client_cpu: f64,
    pub(crate) server_cpu: f64,
}

impl Figures {
    pub(crate) fn of(rounds: &[Round]) -> Self {
        let median_of = |figure: fn(&Round) -> f64| median(rounds.iter().map(figure).collect());
        Self {
            seconds: median_of(Round::seconds),
            client_cpu: median_of(Round::client),
            server_cpu: median_of(Round::server),
        }
    }
}

/// A piece of work, as one side after the other did it.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) work: &'static str,
    pub(crate) tasks: usize,
    pub(crate) round_trips: u64,
    pub(crate) ours: Figures,
    pub(crate) raw: Figures,
    pub(crate) earlier: Figures,
    pub(crate) target_over_earlier: f64,
}

/// The specification: at least so much of the speed of hand-written code, with at most so much of its client's CPU.
const SPEED: f64 = 0.97;
const CLIENT_CPU: f64 = 1.15;

impl Row {
    fn over_raw(&self) -> f64 {
        self.raw.seconds / self.ours.seconds
    }

    fn over_earlier(&self) -> f64 {
        self.earlier.seconds / self.ours.seconds
    }

    fn client_cpu(&self) -> f64 {
        self.ours.client_cpu / self.raw.client_cpu
    }

    /// What the specification asks for and is not reached.
    fn missed(&self) -> Vec<String> {
        let mut missed = Vec::new();
        if self.over_raw() < SPEED {
            missed.push(format!("raw {SPEED}"));
        }
        if self.client_cpu() > CLIENT_CPU {
            missed.push(format!("CPU {CLIENT_CPU}"));
        }
        if self.over_earlier() < self.target_over_earlier {
            missed.push(format!("earlier {:.2}", self.target_over_earlier));
        }
        missed
    }

    pub(crate) fn line(&self) -> String {
        format!(
            "{:<36} {:>2} {:>10} {:>6.2} {:>6.2} {:>6.2} {:>9} {:>9} {:>9} {:>3}  {}",
            self.work,
            self.tasks,
            time(self.ours.seconds),
            self.over_raw(),
            self.over_earlier(),
            self.client_cpu(),
            time(self.ours.client_cpu),
            time(self.ours.server_cpu),
            time(self.raw.server_cpu),
            self.round_trips,
            self.missed().join(", "),
        )
    }
}

#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    pub(crate) rows: Vec<Row>,
}

impl Report {
    pub(crate) fn table(&self) -> String {
        let mut table = format!(
            "{:<36} {:>2} {:>10} {:>6} {:>6} {:>6} {:>9} {:>9} {:>9} {:>3}  {}\n",
            "", "‖", "ours", "/raw", "/earl.", "CPU", "client", "server", "raw's", "RT", "missed"
        );
        for row in &self.rows {
            let _ = writeln!(table, "{}", row.line());
        }
        table.push_str(
            "‖ tasks; ours: time an operation; /raw, /earl.: speed in multiples of hand-written code on this schema and of\n\
             straightforward code on the earlier one; CPU: client's CPU in multiples of hand-written code's; client, server,\n\
             raw's: CPU an operation of this process, of the server, of the server for hand-written code; RT: round trips.\n",
        );
        table
    }

    pub(crate) fn json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap()
    }
}

fn time(seconds: f64) -> String {
    match seconds {
        0.1.. => format!("{seconds:.2} s"),
        1e-3.. => format!("{:.2} ms", seconds * 1e3),
        _ => format!("{:.1} µs", seconds * 1e6),
    }
}
