//! What was measured, as tables and as JSON.

use serde::Serialize;

use crate::flat::FlatRow;
use crate::import::Import;
use crate::measure::Figures;
use crate::pool::{Checkout, Fairness};
use crate::table::{Table, time};
use crate::writes::Writes;

/// The other side of a comparison.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Versus {
    pub(crate) figures: Figures,
    /// Homeroom's speed in multiples of theirs.
    pub(crate) speed: f64,
    /// Homeroom's client CPU in multiples of theirs.
    pub(crate) client_cpu: f64,
}

/// A piece of work, as one side after the other did it.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) work: &'static str,
    pub(crate) tasks: usize,
    pub(crate) round_trips: u64,
    pub(crate) ours: Figures,
    /// Hand-written code on the same schema.
    pub(crate) raw: Option<Versus>,
    /// Straightforward code on the earlier system's schema.
    pub(crate) earlier: Option<Versus>,
    pub(crate) target_over_earlier: Option<f64>,
}

/// The specification: at least so much of the speed of hand-written code, with at most so much of its client's CPU.
const SPEED: f64 = 0.97;
const CLIENT_CPU: f64 = 1.15;

impl Row {
    /// What the specification asks for and is not reached, and what Homeroom spends more than the other side.
    fn missed(&self) -> String {
        let mut missed = Vec::new();
        let more = |theirs: &Versus| {
            let part = |name: &str, ours: f64, theirs: f64| match ours - theirs {
                more if more > 0.0 => format!("{name} +{}", time(more)),
                less => format!("{name} −{}", time(-less)),
            };
            let (ours, theirs) = (&self.ours, &theirs.figures);
            let client = part("client", ours.client_cpu, theirs.client_cpu);
            format!("{client}, {}", part("server", ours.server_cpu, theirs.server_cpu))
        };
        if let Some(raw) = &self.raw {
            if raw.speed < SPEED {
                missed.push(format!("speed {:.2} < {SPEED} ({})", raw.speed, more(raw)));
            }
            if raw.client_cpu > CLIENT_CPU {
                missed.push(format!("CPU {:.2} > {CLIENT_CPU} ({})", raw.client_cpu, more(raw)));
            }
        }
        if let (Some(earlier), Some(target)) = (&self.earlier, self.target_over_earlier)
            && earlier.speed < target
        {
            missed.push(format!("earlier {:.2} < {target:.2} ({})", earlier.speed, more(earlier)));
        }
        missed.join("; ")
    }

    pub(crate) fn cells(&self) -> Vec<String> {
        let of = |versus: &Option<Versus>, figure: fn(&Versus) -> String| {
            versus.as_ref().map(figure).unwrap_or_default()
        };
        vec![
            self.work.to_owned(),
            self.tasks.to_string(),
            time(self.ours.seconds),
            of(&self.raw, |raw| format!("{:.2}", raw.speed)),
            of(&self.earlier, |earlier| format!("{:.2}", earlier.speed)),
            of(&self.raw, |raw| format!("{:.2}", raw.client_cpu)),
            time(self.ours.client_cpu),
            time(self.ours.server_cpu),
            of(&self.raw, |raw| time(raw.figures.server_cpu)),
            self.round_trips.to_string(),
            self.missed(),
        ]
    }
}

/// Where it was measured.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Machine {
    pub(crate) cores: usize,
    pub(crate) memory_gib: u64,
    pub(crate) postgres: String,
    pub(crate) day: String,
    pub(crate) scale: f64,
}

#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    pub(crate) machine: Machine,
    pub(crate) rows: Vec<Row>,
    pub(crate) writes: Option<Writes>,
    pub(crate) checkouts: Vec<Checkout>,
    pub(crate) fairness: Vec<Fairness>,
    pub(crate) import: Option<Import>,
    pub(crate) flat: Vec<FlatRow>,
}

impl Report {
    /// The tables of what was measured, by the names of their places in docs/PERFORMANCE.md.
    pub(crate) fn sections(&self) -> Vec<(&'static str, String)> {
        let Machine { cores, memory_gib, postgres, day, scale } = &self.machine;
        let on = format!("{day}, {cores} cores, {memory_gib} GiB of memory, PostgreSQL {postgres}");
        let mut sections = Vec::new();
        if !self.rows.is_empty() {
            sections.push(("workloads", format!("{on}, scale {scale}.\n\n{}", self.workloads())));
        }
        if let Some(writes) = &self.writes {
            sections.push(("writes", format!("{on}, scale {scale}.\n\n{}", writes.table())));
        }
        if !self.fairness.is_empty() {
            let tables = (Checkout::table(&self.checkouts), Fairness::table(&self.fairness));
            sections.push(("pool", format!("{on}.\n\n{}\n{}", tables.0, tables.1)));
        }
        if let Some(import) = &self.import {
            sections.push(("import", format!("{on}.\n\n{}", import.table())));
        }
        if !self.flat.is_empty() {
            sections.push(("flat", format!("{on}.\n\n{}", FlatRow::table(&self.flat))));
        }
        sections
    }

    fn workloads(&self) -> Table {
        let mut table = Table::new(&[
            "work",
            "tasks",
            "time",
            "speed / raw",
            "/ earlier",
            "CPU / raw",
            "client",
            "server",
            "raw's server",
            "trips",
            "missed",
        ]);
        self.rows.iter().for_each(|row| table.row(row.cells()));
        table
    }

    pub(crate) fn json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap()
    }
}
