//! Serde: every type is its text, and what any server holds survives.

use homeroom_ltree::{Label, Lquery, Ltree, Ltxtquery};
use serde_json::{from_str, json, to_value};

#[test]
fn values_are_texts() {
    assert_eq!(to_value("a.b".parse::<Ltree>().unwrap()).unwrap(), json!("a.b"));
    assert_eq!(to_value("a".parse::<Label>().unwrap()).unwrap(), json!("a"));
    assert_eq!(to_value("*.a@".parse::<Lquery>().unwrap()).unwrap(), json!("*.a@"));
    assert_eq!(to_value("a&b".parse::<Ltxtquery>().unwrap()).unwrap(), json!("a & b"));
    assert_eq!(from_str::<Vec<Ltree>>(r#"["", "a.b"]"#).unwrap(), ["", "a.b"]);
}

#[test]
fn what_is_no_path_is_refused_with_its_position() {
    let error = from_str::<Ltree>(r#""a.b c""#).unwrap_err();
    assert!(error.to_string().contains("character 4"), "{error}");
    assert!(from_str::<Ltree>("1").unwrap_err().to_string().contains("a path of labels"));
}

#[test]
fn paths_of_postgres_16_survive() {
    let path = Ltree::from_server("high-school.é").unwrap();
    let text = serde_json::to_string(&path).unwrap();
    assert_eq!(from_str::<Ltree>(&text).unwrap(), path);
}

#[test]
fn paths_are_keys_of_maps() {
    let map: std::collections::BTreeMap<Ltree, i32> = from_str(r#"{"b": 1, "a.b": 2}"#).unwrap();
    assert_eq!(serde_json::to_string(&map).unwrap(), r#"{"a.b":2,"b":1}"#);
}
