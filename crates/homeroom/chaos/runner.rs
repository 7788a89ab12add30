//! The run: keeps the client going, lets faults strike, and tells what is left.

use std::collections::BTreeMap;
use std::fmt;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use homeroom::{
    ChatSession, Class, Database, DatabaseConfig, Group, GroupType, NewChatSession, NewClass,
    NewGroup, NewTool, NewUser, Tool, ToolDefinition, ToolType, User, UserStatus,
};
use homeroom_embed::testing::FaultProxy;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

use crate::check::{Acknowledged, Findings, check, school_slug};
use crate::faults::Fault;
use crate::plan::{CHATS, CLASSES, DISTRICTS, Dice, Plan, SCHOOLS, STUDENTS, WRITERS};
use crate::victim::Victim;

/// A system that does not go on after so long is broken.
const RECOVERY: Duration = Duration::from_secs(30);

pub(crate) struct Options {
    pub(crate) time: Duration,
    pub(crate) seed: u64,
    pub(crate) control: Option<Control>,
}

/// A run that has to be found wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Control {
    /// The server acknowledges before its log is safe.
    Durability,
    /// The client acknowledges what it has not done.
    Client,
}

/// What came of a run.
pub(crate) struct Report {
    seed: u64,
    control: Option<Control>,
    took: Duration,
    acknowledged: u64,
    /// How often each fault struck, and the longest time from its end to the next acknowledgement.
    faults: BTreeMap<Fault, (usize, Duration)>,
    /// Whether the server's disk could be filled.
    has_disk: bool,
    findings: Findings,
}

impl Report {
    pub(crate) fn is_as_it_should_be(&self) -> bool {
        let Findings { lost, broken } = &self.findings;
        match self.control {
            None => lost.is_empty() && broken.is_empty(),
            // Both break promises: what breaks otherwise says nothing about whether a loss is found.
            Some(_) => !lost.is_empty(),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<32} {:>7} {:>18}", "fault", "struck", "longest recovery")?;
        for (fault, (struck, recovery)) in &self.faults {
            let recovery = format!("{:.2} s", recovery.as_secs_f64());
            writeln!(f, "{:<32} {struck:>7} {recovery:>18}", fault.name())?;
        }
        if !self.has_disk {
            writeln!(
                f,
                "{:<32} {:>7} this user may not mount a small disk",
                "full disk", "left out"
            )?;
        }
        let struck: usize = self.faults.values().map(|(struck, _)| struck).sum();
        writeln!(f, "{:<32} {struck:>7}", "faults in all")?;
        writeln!(f, "seed {}, {:.0} s", self.seed, self.took.as_secs_f64())?;
        for (what, found) in [("lost", &self.findings.lost), ("broken", &self.findings.broken)] {
            for line in found.iter().take(10) {
                writeln!(f, "{what}: {line}")?;
            }
            if let Some(more) = found.len().checked_sub(10).filter(|more| *more > 0) {
                writeln!(f, "{what}: and {more} more")?;
            }
        }
        let Findings { lost, broken } = &self.findings;
        let (lost, broken) = (lost.len(), broken.len());
        writeln!(f, "{} steps acknowledged, lost {lost}, broken {broken}", self.acknowledged)?;
        match (self.control, self.is_as_it_should_be()) {
            (None, true) => writeln!(f, "all that was acknowledged is there"),
            (None, false) => writeln!(f, "FAILED: run it again with --seed {}", self.seed),
            (Some(_), true) => writeln!(f, "the control's losses were found, as they should be"),
            (Some(_), false) => writeln!(f, "FAILED: the checker finds no loss in a wrong run"),
        }
    }
}

pub(crate) async fn run(options: &Options) -> Report {
    let plan = Plan { seed: options.seed };
    let mut victim = Victim::start(options.control != Some(Control::Durability)).await;
    fill(&victim.url(), plan).await;
    let proxy = FaultProxy::start(&victim.url()).await.unwrap();
    let lie = if options.control == Some(Control::Client) { 10 } else { 0 };
    let mut client = Client::new(proxy.url(), options.seed, lie);
    let mut dice = Dice::new(options.seed, WRITERS, 0);
    let mut faults: BTreeMap<Fault, (usize, Duration)> = BTreeMap::new();
    let mut stuck = None;
    client.until_acknowledged(RECOVERY).await;

    let start = Instant::now();
    while start.elapsed() < options.time && stuck.is_none() {
        tokio::time::sleep(Duration::from_millis(5 + dice.below(100) as u64)).await;
        let fault = match (options.control, Fault::next(&mut dice)) {
            // What an acknowledgement was worth is seen at a death.
            (Some(Control::Durability), _) if dice.below(4) == 0 => Fault::KillServer,
            (_, fault) => fault,
        };
        if fault.needs_disk() && !victim.has_disk() {
            continue;
        }
        if fault == Fault::KillClient {
            client.kill().await;
            // A process takes longer to come back than its connections take to end.
            victim.until_nobody_is_served().await;
            client.spawn();
        } else {
            fault.strike(&mut victim, &proxy, &mut dice).await;
        }
        let over = Instant::now();
        if !client.until_acknowledged(RECOVERY).await {
            stuck =
                Some(format!("nothing was acknowledged for {RECOVERY:?} after {}", fault.name()));
        }
        let (struck, longest) = faults.entry(fault).or_default();
        *struck += 1;
        *longest = (*longest).max(over.elapsed());
    }
    let took = start.elapsed();
    let (acknowledged, surprises) = client.stop().await;
    // Ends what was held only by the network.
    drop(proxy);
    victim.until_nobody_is_served().await;
    let mut findings = check(&victim.url(), plan, &acknowledged).await;
    findings.broken.extend(stuck);
    findings.broken.extend(surprises);
    Report {
        seed: options.seed,
        control: options.control,
        took,
        acknowledged: acknowledged.total(),
        faults,
        has_disk: victim.has_disk(),
        findings,
    }
}

/// Makes all that the writers write to.
async fn fill(url: &str, plan: Plan) {
    let db = Database::connect(DatabaseConfig::builder(url).build().unwrap()).await.unwrap();
    let conn = db.conn().await.unwrap();
    for n in 0..DISTRICTS {
        let district = NewGroup::new(GroupType::District, None, format!("District {n}"));
        Group::create(&conn, &NewGroup { id: plan.district(n), ..district }).await.unwrap();
    }
    let person =
        |id, name: String| NewUser { id, ..NewUser::named(name).status(UserStatus::Active) };
    for writer in 0..WRITERS {
        let new = person(plan.person(writer), format!("Writer {writer}"));
        User::create(&conn, &new).await.unwrap();
        for n in (0..STUDENTS).filter(|_| writer % 4 == 1) {
            let new = person(plan.student(writer, n), format!("Student {n} of {writer}"));
            User::create(&conn, &new).await.unwrap();
        }
        for n in (0..SCHOOLS).filter(|_| writer % 4 == 2) {
            let slug = school_slug(writer, n);
            let district = plan.district(n % DISTRICTS);
            let school = NewGroup::new(GroupType::School, district, slug.clone()).slug(slug);
            Group::create(&conn, &NewGroup { id: plan.school(writer, n), ..school }).await.unwrap();
        }
    }
    let tool = NewTool {
        id: plan.tool(),
        group_id: None,
        kind: ToolType::Chat,
        name: "Explainer".to_owned(),
        version: "1.0.0".parse().unwrap(),
        definition: ToolDefinition::parse("prompt: Explain it.").unwrap(),
        created_by: None,
    };
    Tool::create(&conn, &tool).await.unwrap();
    for n in 0..CHATS {
        let chat = NewChatSession::new(plan.person(0), plan.tool());
        let chat = NewChatSession { id: plan.chat(n), ..chat };
        ChatSession::create(&conn, &chat).await.unwrap();
    }
    for n in 0..CLASSES {
        let class = NewClass::new(plan.school(2, 0), format!("Class {n}"));
        Class::create(&conn, &NewClass { id: plan.class(n), ..class }).await.unwrap();
    }
}

/// The client's process, and what it was told so far, over all its lives.
struct Client {
    url: String,
    seed: u64,
    lie: u64,
    told: Arc<Mutex<Told>>,
    process: Option<(Child, [JoinHandle<()>; 2])>,
}

#[derive(Default)]
struct Told {
    acknowledged: Acknowledged,
    surprises: Vec<String>,
}

impl Client {
    fn new(url: &str, seed: u64, lie: u64) -> Self {
        let told = Arc::default();
        let mut client = Self { url: url.to_owned(), seed, lie, told, process: None };
        client.spawn();
        client
    }

    /// Starts the process where the acknowledged steps end.
    fn spawn(&mut self) {
        let done = self.told.lock().unwrap().acknowledged.done;
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["client", &self.url, &self.seed.to_string(), &self.lie.to_string()])
            .args(done.map(|done| done.to_string()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut acknowledgements = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut surprises = BufReader::new(process.stderr.take().unwrap()).lines();
        let told = self.told.clone();
        let reading = tokio::spawn(async move {
            while let Ok(Some(line)) = acknowledgements.next_line().await {
                told.lock().unwrap().acknowledge(&line);
            }
        });
        let told = self.told.clone();
        let listening = tokio::spawn(async move {
            while let Ok(Some(line)) = surprises.next_line().await {
                told.lock().unwrap().surprises.push(line);
            }
        });
        self.process = Some((process, [reading, listening]));
    }

    /// `kill -9`; what it has said before is heard.
    async fn kill(&mut self) {
        if let Some((mut process, readers)) = self.process.take() {
            process.kill().await.unwrap();
            for reader in readers {
                reader.await.unwrap();
            }
        }
    }

    /// Waits until one more step is acknowledged.
    async fn until_acknowledged(&self, limit: Duration) -> bool {
        let total = || self.told.lock().unwrap().acknowledged.total();
        let (before, deadline) = (total(), Instant::now() + limit);
        while total() == before {
            if Instant::now() > deadline {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        true
    }

    /// Lets it bring its steps to their end.
    async fn stop(mut self) -> (Acknowledged, Vec<String>) {
        if let Some((mut process, readers)) = self.process.take() {
            drop(process.stdin.take());
            let ended = tokio::time::timeout(RECOVERY, process.wait()).await;
            if ended.is_err() {
                self.told.lock().unwrap().surprises.push("the client did not end".to_owned());
                process.kill().await.unwrap();
            }
            for reader in readers {
                reader.await.unwrap();
            }
        }
        let mut told = self.told.lock().unwrap();
        (std::mem::take(&mut told.acknowledged), std::mem::take(&mut told.surprises))
    }
}

impl Told {
    /// A line that was cut off by the client's death was not said.
    fn acknowledge(&mut self, line: &str) {
        let numbers: Vec<u64> = line.split(' ').map_while(|word| word.parse().ok()).collect();
        let &[writer, n, seq] = numbers.as_slice() else { return };
        let writer = writer as usize;
        let done = &mut self.acknowledged.done[writer];
        if n == *done + 1 {
            *done = n;
            if writer.is_multiple_of(4) {
                self.acknowledged.said.insert((writer, n), seq as i32);
            }
        } else {
            self.surprises.push(format!("writer {writer} acknowledged {n} behind {done}"));
        }
    }
}
