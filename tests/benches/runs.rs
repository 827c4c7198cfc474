//! What whole runs cost: real terraform over N products and N prices, against a Stripe with a latency
//! and a limit.
//!
//! ```text
//! cargo bench --bench runs
//! cargo bench --bench runs -- --count 100 --parallelism 10 --limit 25 --latency 150 --vs PATH
//! ```
//!
//! Prints for every operation the wall time over that of as many `terraform_data`, the calls by method
//! and path, what was refused with a 429, and, from a run of its own, the CPU time and peak memory of the provider's
//! processes.
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
use runs::project::{Cost, Project, Start};
use runs::stand_in::StandIn;
use runs::subject::{FLOOR, Subject};

const PROVIDER: &str = env!("CARGO_BIN_EXE_terraform-provider-stripe");

/// How often `terraform validate` is run.
const VALIDATIONS: usize = 9;
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

/// Runs every operation of a life with one provider: once to count what its processes cost, once to time it.
/// Returns the wall times.
fn lives(
    options: &Options,
    stripe: &StandIn,
    subject: &Subject,
    floor: Option<&[Duration]>,
) -> Vec<Duration> {
    let plain = Project::new(options, stripe, subject, Start::Plain);
    let counted = subject.binary.as_ref().map(|_| Project::new(options, stripe, subject, Start::Counted));
    let mut walls = Vec::new();
    for (at, (name, arguments, config)) in subject.operations(options).into_iter().enumerate() {
        let cost = counted.as_ref().map(|counted| {
            stripe.begin();
            counted.cost(&config, &arguments)
        });
        stripe.begin();
        // What is over in a moment is done often enough to tell it from chance.
        let times = if name == "validate" { VALIDATIONS } else { 1 };
        let mut took: Vec<Duration> = (0..times).map(|_| plain.run(&config, &arguments)).collect();
        took.sort();
        let wall = took[times / 2];
        let over = floor.and_then(|floor| floor.get(at)).map(|floor| wall.saturating_sub(*floor));
        print([subject.name, name], wall, over, cost.as_ref().map(|cost| (cost, stripe)));
        walls.push(wall);
    }
    walls
}

fn print(names: [&str; 2], wall: Duration, over: Option<Duration>, own: Option<(&Cost, &StandIn)>) {
    let seconds = |time: Duration| format!("{:.2} s", time.as_secs_f64());
    let own_cells = own.map(|(cost, stripe)| {
        [
            stripe.calls().values().sum::<usize>().to_string(),
            stripe.rate().map_or(String::new(), |rate| format!("{rate:.1}")),
            stripe.refused().to_string(),
            seconds(cost.cpu),
            format!("{} MiB", cost.peak.div_ceil(1024)),
        ]
    });
    let [calls, rate, refused, cpu, peak] = own_cells.unwrap_or_default();
    let [provider, operation] = names.map(str::to_owned);
    let over = over.map(seconds).unwrap_or_default();
    row([provider, operation, seconds(wall), over, calls, rate, refused, cpu, peak]);
    for (call, count) in own.into_iter().flat_map(|(_, stripe)| stripe.calls()) {
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
