//! Records the statements of Diesel's connections while an application's tests run.

use std::backtrace::Backtrace;
use std::collections::HashMap;
use std::fmt::{self, Write as _};
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use diesel::connection::{Instrumentation, InstrumentationEvent};

use crate::line::{Frame, Line, Repetition};

/// The environment variable with the name of the file.
const VARIABLE: &str = "HOMEROOM_STATEMENTS";
/// From so many calls in a row on they are a repetition.
const REPEATED: u32 = 4;
/// So many other statements may stand between two calls of a repetition: those of a loop with a transaction in it.
const BETWEEN: u64 = 4;
/// How many of the last statements of a connection are kept in mind.
const REMEMBERED: usize = 12;
/// What takes longer is looked at for its caller.
const SLOW: Duration = Duration::from_millis(50);
/// How often the file is written while connections are open.
const REST: Duration = Duration::from_secs(2);
/// How many places of a call are kept.
const FRAMES: usize = 8;

static RECORDER: OnceLock<Recorder> = OnceLock::new();

/// Records the statements of every Diesel connection that is opened from now on, synchronous or of diesel-async, and adds them to a
/// file which `homeroom advise --statements FILE` reads. Gives whether it does: `false` when another file was named before.
///
/// It takes the place of Diesel's default instrumentation; where there is one of your own, call an [`Instrument`] from it. Kept are
/// the texts, how often and how long they ran, and from where in your code they were called: never a value that was bound. The
/// places need debug information (`debug = "line-tables-only"` is enough).
///
/// The file is written when the last connection is closed, and every 2 seconds before.
pub fn record(file: impl Into<PathBuf>) -> bool {
    let file = file.into();
    let recorder = RECORDER.get_or_init(|| Recorder::new(file.clone()));
    let instrument = || Some(Box::new(Instrument::new()) as Box<dyn Instrumentation>);
    recorder.file == file && diesel::connection::set_default_instrumentation(instrument).is_ok()
}

/// The same, into the file that the environment variable `HOMEROOM_STATEMENTS` names; without it nothing is done and nothing is paid.
///
/// ```no_run
/// // Once in the test program, before the first connection: `HOMEROOM_STATEMENTS=target/statements.jsonl cargo test`.
/// homeroom_statements::record_from_environment();
/// ```
pub fn record_from_environment() -> bool {
    std::env::var_os(VARIABLE).is_some_and(|file| !file.is_empty() && record(file))
}

/// Records the statements of one connection: `connection.set_instrumentation(Instrument::new())`. It does nothing before [`record`]
/// has named a file.
#[derive(Debug, Default)]
pub struct Instrument {
    recorder: Option<&'static Recorder>,
    /// The text of the statement at hand; kept for its memory.
    text: String,
    /// What was started and has not ended, for statements may overlap.
    running: Vec<(u64, Instant)>,
    recent: Vec<Recent>,
    started: u64,
}

/// A statement that was called not long ago.
#[derive(Debug)]
struct Recent {
    statement: u64,
    /// The number of the last call among all of the connection.
    last: u64,
    times: u32,
    /// Where the repetition is kept.
    repetition: Option<usize>,
}

impl Instrument {
    /// One for one connection.
    #[must_use]
    pub fn new() -> Self {
        let recorder = RECORDER.get();
        if let Some(recorder) = recorder {
            recorder.open.fetch_add(1, Ordering::Relaxed);
        }
        let mut instrument = Self::default();
        instrument.recorder = recorder;
        instrument
    }

    /// Reads the text of a statement, and gives its hash; `None` for those that only begin or end something.
    fn read(&mut self, query: &dyn fmt::Display) -> Option<u64> {
        self.text.clear();
        // It fails on purpose where the values begin.
        let _ = write!(BeforeValues(&mut self.text), "{query}");
        let begin = self.text.trim_start().as_bytes();
        let controls =
            ["BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET ", "START TRANSACTION"];
        let is_control = begin.is_empty()
            || controls.iter().any(|word| {
                begin
                    .get(..word.len())
                    .is_some_and(|first| first.eq_ignore_ascii_case(word.as_bytes()))
            });
        let mut hasher = DefaultHasher::new();
        self.text.hash(&mut hasher);
        (!is_control).then(|| hasher.finish())
    }

    fn start(&mut self, recorder: &Recorder, query: &dyn fmt::Display) {
        self.started += 1;
        let Some(statement) = self.read(query) else { return };
        let mut tallies = recorder.tallies();
        let tally = tallies.tally(statement, &self.text);
        let recent = remember(&mut self.recent, statement, self.started);
        if recent.times == REPEATED {
            recent.repetition = tally.repeats();
        }
        if let Some(repetition) =
            recent.repetition.and_then(|index| tally.repetitions.get_mut(index))
        {
            repetition.times = recent.times;
            repetition.is_new = true;
        }
        drop(tallies);
        self.running.push((statement, Instant::now()));
    }

    fn finish(&mut self, recorder: &Recorder, query: &dyn fmt::Display) {
        let ended = Instant::now();
        let Some(statement) = self.read(query) else { return };
        let Some(place) = self.running.iter().position(|(running, _)| *running == statement) else {
            return;
        };
        let (_, started) = self.running.remove(place);
        let took = ended.duration_since(started);
        let mut tallies = recorder.tallies();
        let tally = tallies.tally(statement, &self.text);
        tally.calls += 1;
        tally.total += took;
        if took > SLOW && took > tally.longest_ever {
            tally.at = Place::captured();
        }
        tally.longest_ever = tally.longest_ever.max(took);
        tally.longest = tally.longest.max(took);
        if ended.duration_since(tallies.written) > REST {
            recorder.write(&mut tallies);
        }
    }
}

impl Instrumentation for Instrument {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        let Some(recorder) = self.recorder else { return };
        match event {
            InstrumentationEvent::StartQuery { query, .. } => self.start(recorder, query),
            InstrumentationEvent::FinishQuery { query, .. } => self.finish(recorder, query),
            _ => {}
        }
    }
}

impl Drop for Instrument {
    fn drop(&mut self) {
        let Some(recorder) = self.recorder else { return };
        if recorder.open.fetch_sub(1, Ordering::AcqRel) == 1 {
            recorder.write(&mut recorder.tallies());
        }
    }
}

/// Counts a call of a statement, in a row with those before when hardly another one stood between.
fn remember(recent: &mut Vec<Recent>, statement: u64, number: u64) -> &mut Recent {
    let place = match recent.iter().position(|one| one.statement == statement) {
        Some(place) => place,
        None => {
            if recent.len() == REMEMBERED {
                let oldest = recent.iter().enumerate().min_by_key(|(_, one)| one.last);
                let oldest = oldest.map_or(0, |(place, _)| place);
                recent.swap_remove(oldest);
            }
            recent.push(Recent { statement, last: 0, times: 0, repetition: None });
            recent.len() - 1
        }
    };
    #[expect(clippy::indexing_slicing, reason = "it was found, or pushed last")]
    let one = &mut recent[place];
    if one.times > 0 && number - one.last <= BETWEEN + 1 {
        one.times += 1;
    } else {
        (one.times, one.repetition) = (1, None);
    }
    one.last = number;
    one
}

/// All that this program has seen.
#[derive(Debug)]
struct Recorder {
    file: PathBuf,
    /// Files of the application are named as seen from here.
    root: PathBuf,
    open: AtomicUsize,
    tallies: Mutex<Tallies>,
}

#[derive(Debug)]
struct Tallies {
    by_statement: HashMap<u64, Tally>,
    written: Instant,
}

/// What was seen of one statement.
#[derive(Debug)]
struct Tally {
    statement: String,
    /// Of these, what the file has not yet.
    calls: u64,
    total: Duration,
    longest: Duration,
    longest_ever: Duration,
    at: Place,
    /// How many repetitions there were.
    repeated: u64,
    /// Those whose place is known.
    repetitions: Vec<Repeated>,
}

#[derive(Debug)]
struct Repeated {
    times: u32,
    at: Place,
    is_new: bool,
}

/// Where something was called.
#[derive(Debug)]
enum Place {
    /// Not looked up yet, which takes a thousand times as long as capturing it.
    Captured(Backtrace),
    Known(Vec<Frame>),
}

impl Recorder {
    fn new(file: PathBuf) -> Self {
        let here = std::env::current_dir().unwrap_or_default();
        // The outermost: that of the workspace.
        let root = here.ancestors().filter(|folder| folder.join("Cargo.lock").exists()).last();
        let root = root.unwrap_or(&here).to_owned();
        let tallies = Tallies { by_statement: HashMap::new(), written: Instant::now() };
        Self { file, root, open: AtomicUsize::new(0), tallies: Mutex::new(tallies) }
    }

    fn tallies(&self) -> MutexGuard<'_, Tallies> {
        self.tallies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds what is new to the file. It has to be told where it can't be, but a test must not fail because of it.
    fn write(&self, tallies: &mut Tallies) {
        let mut text = String::new();
        for tally in tallies.by_statement.values_mut() {
            if tally.calls == 0 && !tally.repetitions.iter().any(|one| one.is_new) {
                continue;
            }
            let line = tally.line(&self.root);
            if let Ok(line) = serde_json::to_string(&line) {
                text.push_str(&line);
                text.push('\n');
            }
        }
        tallies.written = Instant::now();
        // In one write, so that lines of several programs do not mix.
        let file = std::fs::OpenOptions::new().append(true).create(true).open(&self.file);
        if let Err(error) = file.and_then(|mut file| file.write_all(text.as_bytes())) {
            eprintln!("the statements can't be written to {}: {error}", self.file.display());
        }
    }
}

impl Tallies {
    fn tally(&mut self, statement: u64, text: &str) -> &mut Tally {
        self.by_statement.entry(statement).or_insert_with(|| Tally {
            statement: text.to_owned(),
            calls: 0,
            total: Duration::ZERO,
            longest: Duration::ZERO,
            longest_ever: Duration::ZERO,
            at: Place::captured(),
            repeated: 0,
            repetitions: Vec::new(),
        })
    }
}

impl Tally {
    /// A repetition begins. Its place is captured for the first, the second, the fourth …, so that the cost stays small.
    fn repeats(&mut self) -> Option<usize> {
        self.repeated += 1;
        self.repeated.is_power_of_two().then(|| {
            self.repetitions.push(Repeated { times: 0, at: Place::captured(), is_new: true });
            self.repetitions.len() - 1
        })
    }

    /// What is new, which is old then.
    fn line(&mut self, root: &Path) -> Line {
        let repeated = self.repetitions.iter_mut().filter_map(|one| {
            std::mem::take(&mut one.is_new)
                .then(|| Repetition { times: one.times, at: one.at.frames(root).to_vec() })
        });
        Line {
            statement: self.statement.clone(),
            repeated: repeated.collect(),
            calls: std::mem::take(&mut self.calls),
            microseconds: microseconds(std::mem::take(&mut self.total)),
            longest_microseconds: microseconds(std::mem::take(&mut self.longest)),
            at: self.at.frames(root).to_vec(),
        }
    }
}

fn microseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

impl Place {
    fn captured() -> Self {
        Self::Captured(Backtrace::force_capture())
    }

    fn frames(&mut self, root: &Path) -> &[Frame] {
        if let Self::Captured(backtrace) = self {
            *self = Self::Known(frames(&format!("{backtrace:#}"), root));
        }
        match self {
            Self::Known(frames) => frames,
            Self::Captured(_) => &[],
        }
    }
}

/// The places of the application in a backtrace, the innermost first. The standard library promises nothing of its text; what is not
/// understood is left out.
fn frames(backtrace: &str, root: &Path) -> Vec<Frame> {
    let mut frames: Vec<Frame> = Vec::new();
    let mut function = "";
    for line in backtrace.lines() {
        let line = line.trim();
        let Some(place) = line.strip_prefix("at ") else {
            // `12: 0x55d0 - crate::function::hash`
            let named = line.split_once(": ").map_or(line, |(_, named)| named).trim();
            function = match named.split_once(" - ") {
                Some((address, named)) if address.starts_with("0x") => named,
                _ => named,
            };
            continue;
        };
        let mut parts = place.rsplitn(3, ':');
        let (_, Some(line), Some(file)) = (parts.next(), parts.next(), parts.next()) else {
            continue;
        };
        let Ok(line) = line.parse() else { continue };
        if is_foreign(file, function) {
            continue;
        }
        let file = Path::new(file)
            .strip_prefix(root)
            .map_or(file.to_owned(), |file| file.display().to_string());
        let file = file.trim_start_matches("./").replace('\\', "/");
        if frames.last().is_some_and(|last| last.file == file && last.line == line) {
            continue;
        }
        frames.push(Frame { function: short(function), file, line });
        if frames.len() == FRAMES {
            break;
        }
    }
    frames
}

/// Whether it is not the application's code: the standard library, a dependency, or this module.
fn is_foreign(file: &str, function: &str) -> bool {
    let elsewhere = ["/rustc/", "/registry/src/", "/git/checkouts/", "/toolchains/", "/vendor/"];
    !file.ends_with(".rs")
        || elsewhere.iter().any(|folder| file.contains(folder))
        || file.ends_with("statements/src/record.rs")
        || function.contains("homeroom_statements")
        // Another instrumentation, which calls this one.
        || function.contains("on_connection_event")
}

/// `app::pages::show::{{closure}}::h0123456789abcdef` as `app::pages::show`, and nothing for the `{async_fn#0}` that line tables name.
fn short(function: &str) -> String {
    let mut function = if function.starts_with('{') { "" } else { function };
    if let Some((rest, hash)) = function.rsplit_once("::h")
        && hash.len() == 16
    {
        function = rest;
    }
    // `poll<homeroom::page::Page<…>>`, as line tables name what is inlined.
    if !function.starts_with('<') {
        function = function.split('<').next().unwrap_or(function);
    }
    while let Some(rest) = function.strip_suffix("::{{closure}}") {
        function = rest;
    }
    function.to_owned()
}

/// Takes a text as far as Diesel writes the statement, and refuses what it writes of the values.
struct BeforeValues<'a>(&'a mut String);

impl fmt::Write for BeforeValues<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if text.starts_with(" -- binds: ") {
            return Err(fmt::Error);
        }
        self.0.push_str(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_places_of_the_application_are_kept() {
        let backtrace = "   0:     0x55 - std::backtrace::Backtrace::create::h0\n             at /rustc/59/library/std/src/backtrace.rs:331:13\n   0:     0x55 - <app::Log as Instrumentation>::on_connection_event::h2\n             at /work/app/src/log.rs:9:1\n   1:     0x56 - <T as diesel_async::RunQueryDsl>::load::h1\n             at /root/.cargo/registry/src/index-1/diesel-async-0.9/src/lib.rs:1:2\n   2:     0x57 - app::pages::show::{{closure}}::h0123456789abcdef\n             at /work/app/src/pages.rs:57:9\n                               app::inlined\n             at /work/app/src/pages.rs:60:2\n   3:     0x58 - main\n";
        let found: Vec<String> = frames(backtrace, Path::new("/work/app"))
            .iter()
            .map(|frame| format!("{} {}:{}", frame.function, frame.file, frame.line))
            .collect();
        assert_eq!(found, ["app::pages::show src/pages.rs:57", "app::inlined src/pages.rs:60"]);
    }

    #[test]
    fn a_repetition_may_have_a_few_other_statements_between_and_not_many() {
        let mut recent = Vec::new();
        let mut times = |statement, number| remember(&mut recent, statement, number).times;
        assert_eq!([times(1, 1), times(1, 2), times(2, 3), times(1, 7)], [1, 2, 1, 3]);
        assert_eq!([times(1, 13), times(1, 14)], [1, 2]);
    }

    #[test]
    fn values_are_not_read() {
        struct Query;
        impl fmt::Display for Query {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "{} -- binds: {:?}", "SELECT $1".to_owned(), ["a secret"])
            }
        }
        let mut instrument = Instrument::default();
        assert!(instrument.read(&Query).is_some());
        assert_eq!(instrument.text, "SELECT $1");
    }
}
