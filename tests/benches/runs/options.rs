//! What is run, from the command line.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use lexopt::prelude::{Long, ValueExt as _};

/// What is run.
#[derive(Debug, Clone)]
pub struct Options {
    /// How many products, and how many prices.
    pub count: usize,
    /// How many resources terraform works on at a time.
    pub parallelism: usize,
    /// Requests a second that Stripe answers; none refuses nothing.
    pub limit: Option<usize>,
    /// The time from a request to its answer.
    pub latency: Duration,
    /// Another provider's binary.
    pub vs: Option<PathBuf>,
    /// The only provider that is run, by its name in the table.
    pub only: Option<String>,
}

impl Options {
    /// From the arguments of the program.
    pub fn read() -> Self {
        let mut options = Self {
            count: 100,
            parallelism: 10,
            limit: Some(25),
            latency: Duration::from_millis(150),
            vs: None,
            only: None,
        };
        let mut parser = lexopt::Parser::from_env();
        while let Some(argument) = parser.next().unwrap() {
            let number = |parser: &mut lexopt::Parser| parser.value().unwrap().parse().unwrap();
            match argument {
                Long("count") => options.count = number(&mut parser),
                Long("parallelism") => options.parallelism = number(&mut parser),
                Long("limit") => options.limit = Some(number(&mut parser)).filter(|limit| *limit > 0),
                Long("latency") => {
                    options.latency = Duration::from_millis(u64::try_from(number(&mut parser)).unwrap());
                }
                Long("vs") => options.vs = Some(PathBuf::from(parser.value().unwrap())),
                Long("only") => options.only = Some(parser.value().unwrap().string().unwrap()),
                // cargo says so to every benchmark.
                Long("bench") => {}
                other => panic!("{}", other.unexpected()),
            }
        }
        options
    }
}

impl fmt::Display for Options {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limit = self.limit.map_or("no limit".to_owned(), |limit| format!("{limit} requests a second"));
        write!(
            to,
            "{count} products and {count} prices, parallelism {}, {limit}, {:?} to an answer",
            self.parallelism,
            self.latency,
            count = self.count
        )
    }
}
