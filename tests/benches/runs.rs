//! What whole runs cost: real terraform over N products and N prices, against a Stripe with a latency
//! and a limit.
//!
//! ```text
//! cargo bench --bench runs
//! cargo bench --bench runs -- --count 100 --parallelism 10 --limit 25 --latency 150 --vs PATH
//! ```
//!
//! Prints for every operation the wall time over that of as many `terraform_data`, the calls by method
//! and path, what was refused with a 429, and the CPU time and peak memory of the provider's processes.
//! `--vs` runs another provider's binary (`stripe_product`, `stripe_price`) on the same Stripe, which it
//! reaches as a proxy for `api.stripe.com`.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a program that prints figures, with the helpers of the tests"
)]

use std::path::PathBuf;
use std::time::Duration;

mod runs {
    pub mod measure;
    pub mod options;
    pub mod project;
    pub mod stand_in;
    pub mod subject;
}
#[path = "../support"]
mod support {
    #[expect(dead_code, reason = "the acceptance suite uses the rest")]
    pub mod authority;
    #[expect(dead_code, reason = "the acceptance suite uses the rest")]
    pub mod tools;
}

use runs::measure;
use runs::options::Options;
use runs::project::{Figures, Project};
use runs::stand_in::StandIn;
use runs::subject::{FLOOR, Subject};

const PROVIDER: &str = env!("CARGO_BIN_EXE_terraform-provider-stripe");

/// Provider, operation, wall, wall over the floor, calls, their rate, 429s, provider CPU, peak memory.
const HEAD: [&str; 9] = ["", "", "wall", "- floor", "calls", "a second", "429", "CPU", "peak"];

fn main() {
    if let Some(status) = measure::as_wrapper() {
        std::process::exit(status);
    }
    let options = Options::read();
    println!("{options}\n");
    row(HEAD.map(str::to_owned));
    let stripe = StandIn::start(options.limit(), options.latency());
    let floor = lives(&options, &stripe, &FLOOR, None);
    for subject in Subject::chosen(&options) {
        lives(&options, &stripe, &subject, Some(&floor));
    }
}

/// Runs every operation of a life with one provider; returns the wall times.
fn lives(
    options: &Options,
    stripe: &StandIn,
    subject: &Subject,
    floor: Option<&[Duration]>,
) -> Vec<Duration> {
    let project = Project::new(options, stripe, subject);
    let mut walls = Vec::new();
    for (at, (name, arguments, config)) in subject.operations(options).into_iter().enumerate() {
        stripe.begin();
        let figures = project.run(&config, &arguments);
        let over = floor.and_then(|floor| floor.get(at)).map(|floor| figures.wall.saturating_sub(*floor));
        print(subject, name, &figures, over, stripe);
        walls.push(figures.wall);
    }
    walls
}

fn print(subject: &Subject, operation: &str, figures: &Figures, over: Option<Duration>, stripe: &StandIn) {
    let calls = stripe.calls();
    let seconds = |time: Duration| format!("{:.2} s", time.as_secs_f64());
    let own = |text: String| if subject.binary.is_some() { text } else { String::new() };
    row([
        subject.name.to_owned(),
        operation.to_owned(),
        seconds(figures.wall),
        over.map(seconds).unwrap_or_default(),
        own(calls.values().sum::<usize>().to_string()),
        own(stripe.rate().map_or(String::new(), |rate| format!("{rate:.1}"))),
        own(stripe.refused().to_string()),
        own(seconds(figures.cpu)),
        own(format!("{} MiB", figures.peak.div_ceil(1024))),
    ]);
    for (call, count) in calls {
        println!("{:14}  {count:>6} {call}", "");
    }
}

fn row(cells: [String; 9]) {
    let [provider, operation, wall, over, sent, rate, refused, cpu, peak] = cells;
    println!(
        "{provider:14} {operation:10} {wall:>8} {over:>8} {sent:>6} {rate:>9} {refused:>5} {cpu:>8} {peak:>8}"
    );
}

/// The binary of this build.
fn provider() -> PathBuf {
    PathBuf::from(PROVIDER)
}
