//! The list of details below a table.

use crate::markdown::detail;
use crate::register::entry::Entry;

/// The id in a line such as `**DB-001 Details:**`.
pub(super) fn id(line: &str) -> Option<String> {
    let inner = line.trim().strip_prefix("**")?;
    let end = inner.find([' ', ':', '*'])?;
    inner.get(..end).map(str::to_owned)
}

/// Reads a list into an entry.
pub(super) fn read(raw: &str, entry: &mut Entry) {
    let mut points: Vec<(String, Vec<&str>)> = Vec::new();
    for line in raw.lines().skip(1) {
        match (point(line), points.last_mut()) {
            (Some((label, text)), _) => points.push((label.to_owned(), vec![text])),
            (None, Some((_, lines))) => lines.push(line.strip_prefix("  ").unwrap_or(line)),
            (None, None) => points.push(("Details".to_owned(), vec![line])),
        }
    }
    for (label, lines) in points {
        let text = lines.join("\n");
        let text = text.strip_prefix('\n').unwrap_or(&text).to_owned();
        let field = match label.to_lowercase().as_str() {
            "source" => &mut entry.source,
            "description" => &mut entry.description,
            "impact" => &mut entry.effect,
            "mitigation" => &mut entry.mitigation,
            "blocking" => &mut entry.blocking,
            "suggested implementation" => &mut entry.suggestion,
            _ => {
                add(entry, label, &text);
                continue;
            }
        };
        match field {
            None => *field = Some(text),
            Some(_) => add(entry, label, &text),
        }
    }
}

/// Adds what is under a label of its own.
fn add(entry: &mut Entry, label: String, text: &str) {
    match entry.details.iter_mut().find(|(known, _)| *known == label) {
        Some((_, known)) => {
            known.push('\n');
            known.push_str(text);
        }
        None => entry.details.push((label, text.to_owned())),
    }
}

/// `- **Label**: text` or `- **Label:** text`.
fn point(line: &str) -> Option<(&str, &str)> {
    let rest = line.strip_prefix("- **").or_else(|| line.strip_prefix("* **"))?;
    let (label, text) = rest.split_once("**")?;
    let (label, text) = match label.strip_suffix(':') {
        Some(label) => (label, text),
        None => (label, text.strip_prefix(':')?),
    };
    Some((label, text.trim()))
}

/// The list of an entry.
pub(super) fn written(entry: &Entry) -> String {
    let mut list = format!("**{} Details:**\n", entry.id);
    let fields = [
        ("Source", &entry.source),
        ("Description", &entry.description),
        ("Impact", &entry.effect),
        ("Mitigation", &entry.mitigation),
        ("Blocking", &entry.blocking),
        ("Suggested Implementation", &entry.suggestion),
    ];
    for (label, text) in fields {
        if let Some(text) = text {
            list.push_str(&detail(label, text));
        }
    }
    if let Some(up) = &entry.up {
        let down = entry.down.as_deref().unwrap_or_default();
        let sql = format!("{}\n{}", up.trim_end(), down.trim_end());
        list.push_str(&detail(
            "Suggested Implementation",
            &format!("```sql\n{}\n```", sql.trim_end()),
        ));
    }
    for (label, text) in &entry.details {
        list.push_str(&detail(label, text));
    }
    if let Some(proof) = &entry.proof {
        let proof = proof.trim_end();
        let proof =
            if proof.contains('\n') { format!("```sql\n{proof}\n```") } else { proof.to_owned() };
        list.push_str(&detail("Proof", &proof));
    }
    list
}

/// Whether a list says of an entry what the entry says.
pub(super) fn is_same(raw: &str, entry: &Entry) -> bool {
    let mut read = Entry::empty("");
    self::read(raw, &mut read);
    let of = |entry: &Entry| {
        let fields = [
            &entry.source,
            &entry.description,
            &entry.effect,
            &entry.mitigation,
            &entry.blocking,
            &entry.suggestion,
            &entry.proof,
        ];
        (fields.map(Clone::clone), entry.details.clone())
    };
    of(&read) == of(entry)
}
