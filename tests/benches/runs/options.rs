//! What is run, from the command line.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;

/// What is run.
#[derive(Debug, Clone, Parser)]
pub struct Options {
    /// How many products, and how many prices.
    #[arg(long, default_value_t = 100)]
    pub count: usize,
    /// How many resources terraform works on at a time.
    #[arg(long, default_value_t = 10)]
    pub parallelism: usize,
    /// Requests a second that Stripe answers; 0 refuses nothing.
    #[arg(long, default_value_t = 25)]
    limit: usize,
    /// Milliseconds from a request to its answer.
    #[arg(long, default_value_t = 150)]
    latency: u64,
    /// Another provider's binary.
    #[arg(long)]
    pub vs: Option<PathBuf>,
    /// The only provider that is run, by its name in the table.
    #[arg(long)]
    pub only: Option<String>,
    /// cargo says so to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

impl Options {
    /// From the arguments of the program.
    pub fn read() -> Self {
        Self::parse()
    }

    /// Requests a second that Stripe answers; none refuses nothing.
    pub fn limit(&self) -> Option<usize> {
        Some(self.limit).filter(|limit| *limit > 0)
    }

    /// The time from a request to its answer.
    pub fn latency(&self) -> Duration {
        Duration::from_millis(self.latency)
    }
}

impl fmt::Display for Options {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limit = self.limit().map_or("no limit".to_owned(), |limit| format!("{limit} requests a second"));
        write!(
            to,
            "{count} products and {count} prices, parallelism {}, {limit}, {:?} to an answer",
            self.parallelism,
            self.latency(),
            count = self.count
        )
    }
}
