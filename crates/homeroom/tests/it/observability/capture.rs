//! A subscriber and a recorder that keep all they are told, as text.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};

/// Spans and events, each with all its fields.
#[derive(Clone, Default)]
pub(crate) struct Traces(Arc<Mutex<Told>>);

#[derive(Default)]
struct Told {
    spans: Vec<Entry>,
    events: Vec<Entry>,
    entered: Vec<u64>,
}

/// One span or event.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) target: String,
    pub(crate) parent: Option<&'static str>,
    pub(crate) fields: BTreeMap<&'static str, String>,
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}", self.name, self.target)?;
        if let Some(parent) = self.parent {
            write!(f, ", in {parent}")?;
        }
        f.write_char(')')?;
        self.fields.iter().try_for_each(|(name, value)| write!(f, "\n  {name} = {value}"))
    }
}

impl Visit for Entry {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.fields.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.insert(field.name(), value.to_owned());
    }
}

impl Traces {
    pub(crate) fn spans(&self) -> Vec<Entry> {
        self.0.lock().unwrap().spans.clone()
    }

    /// The spans of operations with this name.
    pub(crate) fn operations(&self, name: &str) -> Vec<Entry> {
        let mut spans = self.spans();
        spans.retain(|span| span.fields.get("db.operation.name").is_some_and(|is| is == name));
        spans
    }

    pub(crate) fn events(&self, target: &str) -> Vec<Entry> {
        let events = self.0.lock().unwrap().events.clone();
        events.into_iter().filter(|event| event.target == target).collect()
    }

    /// All of it.
    pub(crate) fn text(&self) -> String {
        let told = self.0.lock().unwrap();
        told.spans.iter().chain(&told.events).map(|told| format!("{told}\n")).collect()
    }
}

impl Subscriber for Traces {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut told = self.0.lock().unwrap();
        let parent = told.entered.last().map(|id| told.spans[*id as usize - 1].name);
        let metadata = attributes.metadata();
        let target = metadata.target().to_owned();
        let mut span = Entry { name: metadata.name(), target, parent, ..Entry::default() };
        attributes.record(&mut span);
        told.spans.push(span);
        Id::from_u64(told.spans.len() as u64)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        values.record(&mut self.0.lock().unwrap().spans[id.into_u64() as usize - 1]);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let target = event.metadata().target().to_owned();
        let mut told = Entry { name: "event", target, ..Entry::default() };
        event.record(&mut told);
        self.0.lock().unwrap().events.push(told);
    }

    fn enter(&self, id: &Id) {
        self.0.lock().unwrap().entered.push(id.into_u64());
    }

    fn exit(&self, _: &Id) {
        self.0.lock().unwrap().entered.pop();
    }
}

/// Metrics, by name and labels.
#[derive(Clone, Default)]
pub(crate) struct Metrics {
    values: Arc<Mutex<BTreeMap<String, Arc<Values>>>>,
    described: Arc<Mutex<BTreeMap<String, Option<Unit>>>>,
}

/// How often a metric was written, and what last.
#[derive(Debug, Default)]
pub(crate) struct Values {
    count: AtomicU64,
    last: AtomicU64,
}

impl Metrics {
    /// How often it was written, and what last; `name{label="value"}` in the order of the labels' names.
    pub(crate) fn get(&self, key: &str) -> Option<(u64, f64)> {
        let values = self.values.lock().unwrap();
        let values = values.get(key)?;
        Some((
            values.count.load(Ordering::SeqCst),
            f64::from_bits(values.last.load(Ordering::SeqCst)),
        ))
    }

    /// The metric of this name, whose label is the pool's alone, or is one reason beside it.
    pub(crate) fn named(&self, name: &str, reason: &str) -> Option<(u64, f64)> {
        let keys = self.keys();
        let is_it = |key: &&String| key.starts_with(&format!("{name}{{")) && key.contains(reason);
        self.get(keys.iter().find(is_it)?)
    }

    /// All keys.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.values.lock().unwrap().keys().cloned().collect()
    }

    pub(crate) fn described(&self) -> BTreeMap<String, Option<Unit>> {
        self.described.lock().unwrap().clone()
    }

    fn values(&self, key: &Key) -> Arc<Values> {
        let mut labels: Vec<String> =
            key.labels().map(|label| format!("{}={:?}", label.key(), label.value())).collect();
        labels.sort();
        let key = format!("{}{{{}}}", key.name(), labels.join(","));
        self.values.lock().unwrap().entry(key).or_default().clone()
    }

    fn describe(&self, key: &KeyName, unit: Option<Unit>) {
        self.described.lock().unwrap().insert(key.as_str().to_owned(), unit);
    }
}

impl Values {
    fn write(&self, value: f64) {
        self.count.fetch_add(1, Ordering::SeqCst);
        self.last.store(value.to_bits(), Ordering::SeqCst);
    }
}

impl CounterFn for Values {
    fn increment(&self, value: u64) {
        self.write(value as f64);
    }

    fn absolute(&self, value: u64) {
        self.write(value as f64);
    }
}

impl GaugeFn for Values {
    fn increment(&self, value: f64) {
        self.write(value);
    }

    fn decrement(&self, value: f64) {
        self.write(value);
    }

    fn set(&self, value: f64) {
        self.write(value);
    }
}

impl HistogramFn for Values {
    fn record(&self, value: f64) {
        self.write(value);
    }
}

impl Recorder for Metrics {
    fn describe_counter(&self, key: KeyName, unit: Option<Unit>, _: SharedString) {
        self.describe(&key, unit);
    }

    fn describe_gauge(&self, key: KeyName, unit: Option<Unit>, _: SharedString) {
        self.describe(&key, unit);
    }

    fn describe_histogram(&self, key: KeyName, unit: Option<Unit>, _: SharedString) {
        self.describe(&key, unit);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.values(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.values(key))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.values(key))
    }
}
