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
    let mut rows = Rows::new(&["what", ">live", "of them", ">removed"]);
    let mut add = |what: &str, live: i64, parts: &[(i64, &str)], removed: Option<i64>| {
        let parts: Vec<String> =
            parts.iter().map(|(number, part)| format!("{number} {part}")).collect();
        let removed = removed.map_or_else(|| "–".to_owned(), |removed| removed.to_string());
        rows.add([what.to_owned(), live.to_string(), parts.join(", "), removed]);
    };
    add(
        "people",
        users.active + users.suspended + users.pending_verification,
        &[
            (users.active, "active"),
            (users.suspended, "suspended"),
            (users.pending_verification, "pending verification"),
        ],
        Some(users.deleted),
    );
    add(
        "groups",
        groups.districts + groups.schools + groups.departments,
        &[
            (groups.districts, "districts"),
            (groups.schools, "schools"),
            (groups.departments, "departments"),
        ],
        Some(groups.archived),
    );
    add("roles in groups", statistics.group_members, &[], None);
    add("classes", classes.live, &[], Some(classes.deleted));
    add(
        "places in classes",
        class_members.teachers + class_members.students,
        &[(class_members.teachers, "teachers"), (class_members.students, "students")],
        None,
    );
    add("versions of tools", tools.live, &[], Some(tools.deleted));
    add(
        "chats",
        chats.active + chats.completed,
        &[(chats.active, "active"), (chats.completed, "completed"), (chats.forks, "forks")],
        Some(chats.deleted),
    );
    add("messages", statistics.messages, &[], None);
    add("sign-ins", sessions.live, &[], Some(sessions.expired));
    let amount = |number: i64| bytes(u64::try_from(number).unwrap_or(0));
    add("files", files.live, &[], Some(files.deleted));

    let mut tables = Rows::new(&["table", ">with its indexes"]);
    for table in &statistics.largest_tables {
        tables.add([table.name.clone(), amount(table.bytes)]);
    }
    format!(
        "{}\nthe live files hold {}, the removed ones {}\nthe database takes {}\n\n{}{}",
        rows.text(),
        amount(files.live_bytes),
        amount(files.deleted_bytes),
        amount(statistics.database_bytes),
        heading("Largest tables"),
        tables.text(),
    )
}
