//! `homeroom demo`: a small district from nothing, shown, and gone again.

mod district;
mod making;
mod names;
mod random;
mod report;
mod scripts;
mod show;

use anyhow::Result;
use homeroom::{ChatSession, Database};

use self::report::{Choice, Clock, Data, DatabaseReport, Next, Report};
use crate::cli::DemoArguments;
use crate::import::{conversations, roster};
use crate::outcome::Outcome;
use crate::progress::{Clearing, Progress};
use crate::target::{self, Private, Target};
use crate::terminal;

pub(crate) async fn run(arguments: DemoArguments) -> Result<Outcome> {
    let begin = if target::is_named() { "connecting" } else { "starting PostgreSQL" };
    let progress = Clearing(Progress::new(begin));
    let report = make_report(&arguments, &progress.0).await?;
    progress.0.end();
    if arguments.output.json {
        terminal::print_json(&report)?;
    } else {
        terminal::print(&show::text(&report))?;
    }
    Ok(Outcome::Done)
}

async fn make_report(arguments: &DemoArguments, progress: &Progress) -> Result<Report> {
    // What can't be read is told before a server is started.
    let package = arguments.roster.as_deref().map(roster::open).transpose()?;
    arguments.conversations.as_deref().map(conversations::check).transpose()?;

    let mut clock = Clock::start();
    let target = Target::open(Private::Throwaway).await?;
    if target.server().is_some() {
        clock.ended("start PostgreSQL");
    }
    let database = DatabaseReport {
        address: target.description(),
        throwaway: target.server().is_some(),
        postgresql: target.version(),
    };
    progress.doing("migrating");
    let migrations = target.migrate().await?;
    clock.ended(format!("apply {}", terminal::count(migrations, "migration", "migrations")));
    let db = target.connect().await?;
    clock.ended("connect");

    let given = [&arguments.roster, &arguments.conversations].into_iter().flatten();
    let names: Vec<String> = given.map(|path| path.display().to_string()).collect();
    let mut data = Data { name: names.join(" and "), ..Data::default() };
    let mut choice = Choice::default();
    match &package {
        Some(package) => {
            let report = roster::import(&db, package, None, progress).await?;
            data.roster = Some(report);
            clock.ended("import the roster");
        }
        // Conversations alone are shown alone.
        None if arguments.conversations.is_some() => {}
        None => {
            progress.doing("making a district");
            choice = make_district(&db, arguments.seed, &mut data).await?;
            clock.ended("make the district");
        }
    }
    if let Some(path) = &arguments.conversations {
        let report = conversations::import(&db, path, progress).await?;
        choice.chat = ChatSession::find_most_forked(&*db.conn().await?, &report.source).await?;
        data.conversations = Some(report);
        clock.ended("import the conversations");
    }

    progress.doing("reading it back");
    let conn = db.conn().await?;
    let shown = report::read(&conn, choice).await?;
    drop(conn);
    clock.ended("read it back");
    db.close().await;
    drop(db);
    progress.doing("closing");
    target.close().await?;
    if database.throwaway {
        clock.ended("stop PostgreSQL");
    }

    let (timings, total_ms) = clock.stop();
    let next = next(database.throwaway, arguments);
    let report::Shown { groups, class, chat, settings } = shown;
    Ok(Report { database, data, groups, class, chat, settings, timings, total_ms, next })
}

async fn make_district(db: &Database, seed: u64, data: &mut Data) -> Result<Choice> {
    let made = making::make(db, seed).await?;
    data.seed = Some(seed);
    data.name = made.district.groups.first().map(|group| group.name.clone()).unwrap_or_default();
    Ok(Choice {
        root: made.district.id(),
        class: Some(made.district.class),
        department: Some(made.district.department),
        chat: made.chat,
    })
}

fn next(throwaway: bool, arguments: &DemoArguments) -> Vec<Next> {
    let next = |command: &str, why: &str| Next { command: command.to_owned(), why: why.to_owned() };
    let look_around =
        next("homeroom group tree", "look around, as with user, class, chat and stats");
    let import =
        next("homeroom import roster ./district.zip", "a district of yours, from OneRoster");
    if throwaway {
        return vec![
            next("homeroom postgres start", "a private PostgreSQL that stays"),
            next("export DATABASE_URL=\"$(homeroom postgres url)\"", "let every program use it"),
            next("homeroom demo", "then makes a district that stays"),
            import,
            look_around,
            next("homeroom postgres psql", "look at the tables"),
        ];
    }
    let another = format!("homeroom demo --seed {}", arguments.seed.wrapping_add(1));
    vec![
        look_around,
        next("homeroom migrate status", "where the schema stands"),
        import,
        next(&another, "another district beside this one"),
    ]
}
