//! Prints how many faults of the corpus each rule finds, misses and makes up: `cargo run -p homeroom-advisor --example precision`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "it is a measurement, and ends at what is wrong"
)]

#[path = "../tests/it/corpus.rs"]
mod corpus;

#[tokio::main]
async fn main() {
    let measure = corpus::measure().await;
    print!("{measure}");
    let total = measure.total();
    if total.recall() < 0.9 || total.precision() < 0.9 {
        std::process::exit(1);
    }
}
