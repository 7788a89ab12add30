//! Quoting of names, the one place where data becomes part of an SQL text.

/// The name as a quoted SQL identifier.
pub(crate) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_quote_in_a_name_is_doubled() {
        assert_eq!(super::quote("a\"; drop"), "\"a\"\"; drop\"");
    }
}
