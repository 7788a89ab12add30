//! One piece of work after the other by all sides in turn, so that what else the machine does falls on all of them.

use std::time::Duration;

use tokio_postgres::Client;

use crate::earlier::Earlier;
use crate::measure::{Figures, Round, median, round};
use crate::ours::Ours;
use crate::raw::Raw;
use crate::report::{Row, Versus};
use crate::wire::Wire;
use crate::work::{Weight, Work};

/// Who does the work.
#[derive(Clone)]
pub(crate) enum Side {
    Ours(Ours),
    Raw(Raw),
    Earlier(Earlier),
}

impl Side {
    async fn run(&self, work: Work, n: usize) -> usize {
        match self {
            Self::Ours(side) => side.run(work, n).await,
            Self::Raw(side) => side.run(work, n).await,
            Self::Earlier(side) => side.run(work, n).await,
        }
    }
}

/// The sides and what is around them.
pub(crate) struct Comparison {
    pub(crate) ours: Ours,
    pub(crate) raw: Raw,
    pub(crate) earlier: Earlier,
    /// Homeroom by a connection whose every byte goes past a counter.
    pub(crate) watched: Ours,
    pub(crate) wire: Wire,
    pub(crate) admin: Client,
    /// The server's process.
    pub(crate) pid: u32,
    pub(crate) rounds: usize,
    /// Of each side in each round.
    pub(crate) time: Duration,
}

impl Comparison {
    /// Measures a piece of work, alone and by many tasks.
    pub(crate) async fn measure(&self, work: Work, tasks: &[usize]) -> Vec<Row> {
        let sides = self.sides(work);
        // What the work before has left to be written is none of this one's.
        self.admin.batch_execute("CHECKPOINT").await.unwrap();
        // Warm, and the same result on all sides.
        let mut rows = Vec::new();
        for side in &sides {
            self.before(work).await;
            rows.push(side.run(work, 1).await);
            self.after(work).await;
        }
        assert!(rows.iter().all(|it| *it == rows[0] && *it > 0), "{}: {rows:?}", work.name());
        let round_trips = self.round_trips(work).await;
        let mut measured = Vec::new();
        for &tasks in tasks {
            if work.weight() != Weight::Heavy || tasks == 1 {
                measured.push(self.row(work, tasks, round_trips, &sides).await);
            }
        }
        measured
    }

    fn sides(&self, work: Work) -> Vec<Side> {
        let mut sides = vec![Side::Ours(self.ours.clone()), Side::Raw(self.raw.clone())];
        if work.target_over_earlier().is_some() {
            sides.push(Side::Earlier(self.earlier.clone()));
        }
        sides
    }

    async fn before(&self, work: Work) {
        if let Some(sql) = work.set_up() {
            self.admin.batch_execute(sql).await.unwrap();
        }
    }

    async fn after(&self, work: Work) {
        if let Some(sql) = work.tear_down() {
            self.admin.batch_execute(sql).await.unwrap();
        }
    }

    async fn round_trips(&self, work: Work) -> u64 {
        let mut round_trips = 0;
        // The first time its statements are parsed.
        for n in 2..4 {
            self.before(work).await;
            self.wire.take();
            self.watched.run(work, n).await;
            round_trips = self.wire.take();
            self.after(work).await;
        }
        round_trips
    }

    async fn row(&self, work: Work, tasks: usize, round_trips: u64, sides: &[Side]) -> Row {
        let time = match work.weight() {
            Weight::Light => self.time,
            Weight::Medium => self.time / 10,
            Weight::Heavy => Duration::ZERO,
        };
        let mut rounds: Vec<Vec<Round>> = sides.iter().map(|_| Vec::new()).collect();
        for number in 0..self.rounds {
            // Each side is the first as often as the others: it finds another machine than the last.
            for place in 0..sides.len() {
                let place = (place + number) % sides.len();
                let side = sides[place].clone();
                self.before(work).await;
                let operation = move |n| {
                    let side = side.clone();
                    async move { side.run(work, n).await }
                };
                rounds[place].push(round(self.pid, tasks, time, operation).await);
                self.after(work).await;
            }
        }
        let versus = |place: usize| rounds.get(place).map(|theirs| versus(&rounds[0], theirs));
        Row {
            work: work.name(),
            tasks,
            round_trips,
            ours: Figures::of(&rounds[0]),
            raw: versus(1),
            earlier: versus(2),
            target_over_earlier: work.target_over_earlier(),
        }
    }
}

/// Ratios of rounds that were side by side, of which the median is taken: what slows the machine for a while falls out.
fn versus(ours: &[Round], theirs: &[Round]) -> Versus {
    let ratio = |figure: fn(&Round) -> f64, of: fn(f64, f64) -> f64| {
        median(
            ours.iter()
                .zip(theirs)
                .map(|(ours, theirs)| of(figure(ours), figure(theirs)))
                .collect(),
        )
    };
    Versus {
        figures: Figures::of(theirs),
        speed: ratio(Round::seconds, |ours, theirs| theirs / ours),
        client_cpu: ratio(Round::client, |ours, theirs| ours / theirs),
    }
}
