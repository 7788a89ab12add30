//! Quoting of names, the one place where data becomes part of an SQL text.

/// The name as a quoted SQL identifier.
pub(crate) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The name that a word of an SQL text stands for: without its quotes, or in lower case.
pub(crate) fn fold(word: &str) -> String {
    match word.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(quoted) => quoted.replace("\"\"", "\""),
        None => word.to_ascii_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_quote_in_a_name_is_doubled() {
        assert_eq!(super::quote("a\"; drop"), "\"a\"\"; drop\"");
    }
}
