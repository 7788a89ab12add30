//! Findings as SARIF 2.1.0, the format in which code hosts and editors take the results of static analysis.

use serde_json::{Value, json};

use super::CheckReport;
use super::finding::{Finding, FindingSource, Severity};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

pub(super) fn log(report: &CheckReport, folder: &str) -> Value {
    let mut rules: Vec<(&str, FindingSource)> = Vec::new();
    for finding in &report.findings {
        if !rules.iter().any(|(rule, _)| *rule == finding.rule) {
            rules.push((&finding.rule, finding.source));
        }
    }
    let results: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| {
            let index = rules.iter().position(|(rule, _)| *rule == finding.rule);
            result(finding, index, folder)
        })
        .collect();
    let rules: Vec<Value> = rules.into_iter().map(|(id, source)| rule(id, source)).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "homeroom-migrate",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            // Section 3.14.17 of the standard: a column counts characters, not UTF-16 units.
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule(id: &str, source: FindingSource) -> Value {
    match source {
        FindingSource::Squawk => {
            json!({ "id": id, "helpUri": format!("https://squawkhq.com/docs/{id}") })
        }
        FindingSource::Homeroom | FindingSource::Traced => json!({ "id": id }),
    }
}

fn result(finding: &Finding, rule_index: Option<usize>, folder: &str) -> Value {
    let mut text = finding.message.clone();
    for (label, more) in [("Why", &finding.why), ("Help", &finding.help)] {
        if let Some(more) = more {
            text.push_str(&format!("\n{label}: {more}"));
        }
    }
    let mut physical = json!({ "artifactLocation": { "uri": uri(folder, &finding.file) } });
    if let (Some(place), Some(physical)) = (&finding.place, physical.as_object_mut()) {
        let mut region = json!({ "startLine": place.line, "startColumn": place.column });
        if let Some(region) = region.as_object_mut()
            && (place.end_line, place.end_column) > (place.line, place.column)
        {
            region.insert("endLine".to_owned(), json!(place.end_line));
            region.insert("endColumn".to_owned(), json!(place.end_column));
        }
        physical.insert("region".to_owned(), region);
    }
    let mut result = json!({
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        },
        "message": { "text": text },
    });
    // A migration that only the history knows has no file.
    if !finding.file.is_empty()
        && let Some(result) = result.as_object_mut()
    {
        result.insert("locations".to_owned(), json!([{ "physicalLocation": physical }]));
    }
    result
}

/// The path as a relative URI reference (RFC 3986): all but unreserved characters and slashes as their bytes in percent.
fn uri(folder: &str, file: &str) -> String {
    let folder = folder.trim_end_matches('/');
    let path = if folder.is_empty() { file.to_owned() } else { format!("{folder}/{file}") };
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
