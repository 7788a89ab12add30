//! `homeroom stats`: how much of everything there is.

use anyhow::Result;
use homeroom::Statistics;

use crate::cli::StatsArguments;
use crate::outcome::Outcome;
use crate::target::with_database;
use crate::terminal::{self, Rows, bytes, heading};

pub(crate) async fn run(arguments: StatsArguments) -> Result<Outcome> {
    let statistics = with_database(async |db| {
        let conn = db.conn().await?;
        Ok(Statistics::read(&conn).await?)
    })
    .await?;
    terminal::tell(arguments.output, &statistics, || text(&statistics))
}

fn text(statistics: &Statistics) -> String {
    let Statistics { users, groups, classes, class_members, tools, chats, sessions, files, .. } =
        statistics;
    let mut rows = Rows::new(&["what", ">live", "of them", ">not live"]);
    let mut add = |what: &str, live: i64, parts: Vec<String>, gone: Option<i64>| {
        // Deleted, archived, expired; what has no such state is live or not there.
        let gone = gone.map_or_else(|| "–".to_owned(), |gone| gone.to_string());
        rows.add([what.to_owned(), live.to_string(), parts.join(", "), gone]);
    };
    let several = |number: i64, one: &str, several: &str| {
        terminal::count(usize::try_from(number).unwrap_or(0), one, several)
    };
    add(
        "people",
        users.active + users.suspended + users.pending_verification,
        vec![
            format!("{} active", users.active),
            format!("{} suspended", users.suspended),
            format!("{} pending verification", users.pending_verification),
        ],
        Some(users.deleted),
    );
    add(
        "groups",
        groups.districts + groups.schools + groups.departments,
        vec![
            several(groups.districts, "district", "districts"),
            several(groups.schools, "school", "schools"),
            several(groups.departments, "department", "departments"),
        ],
        Some(groups.archived),
    );
    add("roles in groups", statistics.group_members, vec![], None);
    add("classes", classes.live, vec![], Some(classes.deleted));
    add(
        "places in classes",
        class_members.teachers + class_members.students,
        vec![
            several(class_members.teachers, "teacher", "teachers"),
            several(class_members.students, "student", "students"),
        ],
        None,
    );
    add("versions of tools", tools.live, vec![], Some(tools.deleted));
    add(
        "chats",
        chats.active + chats.completed,
        vec![
            format!("{} active", chats.active),
            format!("{} completed", chats.completed),
            several(chats.forks, "fork", "forks"),
        ],
        Some(chats.deleted),
    );
    add("messages", statistics.messages, vec![], None);
    add("sign-ins", sessions.live, vec![], Some(sessions.expired));
    let amount = |number: i64| bytes(u64::try_from(number).unwrap_or(0));
    add("files", files.live, vec![amount(files.live_bytes)], Some(files.deleted));

    let mut tables = Rows::new(&["table", ">with its indexes"]);
    for table in &statistics.largest_tables {
        tables.add([table.name.clone(), amount(table.bytes)]);
    }
    format!(
        "{}\nthe database takes {}\n\n{}{}",
        rows.text(),
        amount(statistics.database_bytes),
        heading("Largest tables"),
        tables.text(),
    )
}
