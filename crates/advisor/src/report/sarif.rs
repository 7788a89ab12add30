//! A report as SARIF 2.1.0, the format in which code hosts and editors take the results of static analysis.

use serde_json::{Map, Value, json};

use super::Report;
use crate::finding::{Finding, Location};
use crate::rule::{Priority, Rule};
use crate::rules;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

pub(super) fn log(report: &Report) -> Value {
    let rules: Vec<&Rule> = report.rules.iter().filter_map(|id| rules::find(id)).collect();
    let results: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| result(finding, rules.iter().position(|rule| rule.id == finding.rule)))
        .collect();
    let failures: Vec<Value> = report
        .failed
        .iter()
        .map(|failure| {
            json!({
                "level": "error",
                "message": { "text": failure.why },
                "descriptor": { "id": failure.rule },
            })
        })
        .collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "homeroom-advisor",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.into_iter().map(descriptor).collect::<Vec<_>>(),
            }},
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": failures,
            }],
            // Section 3.14.17 of the standard: a column counts characters, not UTF-16 units.
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn descriptor(rule: &Rule) -> Value {
    let mut descriptor = json!({
        "id": rule.id,
        "shortDescription": { "text": rule.title },
        "fullDescription": { "text": rule.rationale, "markdown": rule.rationale },
        "help": { "text": rule.mitigation },
        "defaultConfiguration": { "level": level(rule.priority) },
        "properties": {
            "tags": [rule.family.word(), rule.kind.word()],
            "precision": rule.certainty.precision(),
        },
    });
    if let (Some(source), Some(fields)) = (rule.sources.first(), descriptor.as_object_mut()) {
        fields.insert("helpUri".to_owned(), json!(source));
    }
    descriptor
}

fn level(priority: Priority) -> &'static str {
    match priority {
        Priority::Critical | Priority::High => "error",
        Priority::Medium => "warning",
        Priority::Low => "note",
    }
}

fn result(finding: &Finding, rule_index: Option<usize>) -> Value {
    let text = format!(
        "{}\n{}\nImpact: {}\nMitigation: {}",
        finding.title, finding.description, finding.impact, finding.mitigation
    );
    let mut location = json!({
        "logicalLocations": [{
            "fullyQualifiedName": finding.object.identity,
            "kind": finding.object.kind.word(),
        }],
    });
    if let (Some(place), Some(fields)) = (&finding.location, location.as_object_mut()) {
        fields.insert("physicalLocation".to_owned(), physical(place));
    }
    let mut result = Map::new();
    let mut add = |name: &str, value: Value| drop(result.insert(name.to_owned(), value));
    add("ruleId", json!(finding.rule));
    if let Some(index) = rule_index {
        add("ruleIndex", json!(index));
    }
    add("level", json!(level(finding.priority)));
    add("message", json!({ "text": text }));
    add("locations", json!([location]));
    add("partialFingerprints", json!({ "ruleAndObject/v1": finding.fingerprint }));
    let standing = finding.register.as_ref();
    if let Some(accepted) = standing.and_then(|standing| standing.accepted.as_ref()) {
        let justification = format!("until {}: {}", accepted.until, accepted.reason);
        add("suppressions", json!([{ "kind": "external", "justification": justification }]));
    }
    add(
        "properties",
        json!({
            "priority": finding.priority,
            "id": standing.map(|standing| &standing.id),
            "evidence": finding.evidence,
            "suggestion": finding.suggestion,
        }),
    );
    Value::Object(result)
}

fn physical(place: &Location) -> Value {
    let mut region = json!({ "startLine": place.line, "startColumn": place.column });
    if let Some(region) = region.as_object_mut()
        && (place.end_line, place.end_column) > (place.line, place.column)
    {
        region.insert("endLine".to_owned(), json!(place.end_line));
        region.insert("endColumn".to_owned(), json!(place.end_column));
    }
    json!({ "artifactLocation": { "uri": uri(&place.file) }, "region": region })
}

/// The path as a relative URI reference (RFC 3986): all but unreserved characters and slashes as their bytes in percent.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}
