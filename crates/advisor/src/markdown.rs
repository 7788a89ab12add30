//! Pieces of Markdown.

/// A text as the cell of a table.
pub(crate) fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace("\r\n", " ").replace('\n', " ")
}

/// A point of a list: what begins with a block of code stands below its label, all further lines are indented.
pub(crate) fn detail(label: &str, text: &str) -> String {
    let is_below = text.starts_with("```") || text.starts_with("~~~");
    let mut detail = format!("- **{label}**:");
    for (index, line) in text.split('\n').enumerate() {
        match (index, line) {
            (0, line) if !is_below => detail.push_str(&format!(" {line}\n")),
            (0, line) => detail.push_str(&format!("\n  {line}\n")),
            (_, "") => detail.push('\n'),
            (_, line) => detail.push_str(&format!("  {line}\n")),
        }
    }
    detail
}

/// A block of code, whose fence is longer than any in it.
pub(crate) fn fenced(language: &str, code: &str) -> String {
    let mut fence = "```".to_owned();
    while code.contains(&fence) {
        fence.push('`');
    }
    format!("{fence}{language}\n{code}\n{fence}")
}
