//! As much of JSON Schema as our documents and SARIF's use.

use serde_json::Value;

/// Every place at which a document is not what a schema says.
pub(crate) fn faults(schema: &Value, document: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    check(schema, schema, document, "", &mut faults);
    faults
}

fn check(root: &Value, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = root.pointer(reference.trim_start_matches('#'));
        return check(root, target.expect("the reference leads somewhere"), value, at, faults);
    }
    if !schema["type"].is_null() && !has_type(&schema["type"], value) {
        faults.push(format!("{at} is no {}: {value}", schema["type"]));
        return;
    }
    if let Some(words) = schema["enum"].as_array()
        && !words.contains(value)
    {
        faults.push(format!("{at} is none of {words:?}: {value}"));
    }
    if let Some(fields) = value.as_object() {
        for name in schema["required"].as_array().into_iter().flatten() {
            if !fields.contains_key(name.as_str().unwrap()) {
                faults.push(format!("{at} has no {name}"));
            }
        }
        for (name, value) in fields {
            let place = format!("{at}/{name}");
            let property = schema["properties"].get(name).unwrap_or(&Value::Null);
            match (property, &schema["additionalProperties"]) {
                (Value::Null, Value::Bool(false)) => faults.push(format!("{place} is not known")),
                (Value::Null, more) if more.is_object() => check(root, more, value, &place, faults),
                (Value::Null, _) => {}
                (property, _) => check(root, property, value, &place, faults),
            }
        }
    }
    if let (Some(values), true) = (value.as_array(), schema["items"].is_object()) {
        for (index, value) in values.iter().enumerate() {
            check(root, &schema["items"], value, &format!("{at}/{index}"), faults);
        }
    }
    for (words, enough) in [("anyOf", 1), ("oneOf", 1)] {
        if let Some(choices) = schema[words].as_array() {
            let fits = |choice: &&Value| {
                let mut faults = Vec::new();
                check(root, choice, value, at, &mut faults);
                faults.is_empty()
            };
            if choices.iter().filter(fits).count() < enough {
                faults.push(format!("{at} is nothing of {words}"));
            }
        }
    }
}

fn has_type(types: &Value, value: &Value) -> bool {
    let is = |word: &Value| match word.as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("null") => value.is_null(),
        _ => panic!("an unknown type {word}"),
    };
    types.as_array().map_or_else(|| is(types), |types| types.iter().any(is))
}
