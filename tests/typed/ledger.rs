//! What came of the cells of the matrix: held, failed, or skipped with a reason.

use std::collections::BTreeMap;

/// Why a cell does not hold.
#[derive(Debug, Clone)]
pub enum Cell {
    Skipped(String),
    Failed(String),
}

/// What the sandbox says of a sample that it does not take.
const REFUSALS: [&str; 6] = [
    "Stripe Would Refuse",
    "Stripe Refused The Request",
    "Not Found In Stripe",
    "Declined",
    "Entity Exists Already",
    "The sandbox does not implement",
];

impl Cell {
    /// A refused sample skips its cell; anything else is a failure.
    pub fn of(why: String) -> Self {
        if REFUSALS.iter().any(|refusal| why.contains(refusal)) {
            Self::Skipped(why)
        } else {
            Self::Failed(why)
        }
    }
}

/// What came of the cells.
#[derive(Debug, Default)]
pub struct Ledger {
    /// How many hold, by what they show.
    pub held: BTreeMap<&'static str, usize>,
    /// The types of which some cell holds.
    held_of: BTreeMap<String, usize>,
    skipped: Vec<String>,
    failed: Vec<String>,
}

impl Ledger {
    /// The outcome of one cell: of a type, of what in it, and what it shows.
    pub fn note(&mut self, name: &str, place: &str, what: &'static str, outcome: Result<(), Cell>) {
        let line = |why: String| {
            let why: String =
                why.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(900).collect();
            format!("{name}.{place} {what}: {why}")
        };
        let of_type = self.held_of.entry(name.to_owned()).or_default();
        match outcome {
            Ok(()) => {
                *self.held.entry(what).or_default() += 1;
                *of_type += 1;
            }
            Err(Cell::Skipped(why)) => self.skipped.push(line(why)),
            Err(Cell::Failed(why)) => self.failed.push(line(why)),
        }
    }

    /// Nothing failed, no type is skipped whole, and at most one cell in twenty is skipped.
    #[track_caller]
    pub fn hold(&self) {
        if let Some(folder) = std::env::var_os("LEDGER") {
            let name = format!("ledger-{}.txt", self.held_of.keys().next().map_or("", String::as_str));
            let text =
                format!("{:#?}\n{}\n\n{}\n", self.held, self.failed.join("\n"), self.skipped.join("\n"));
            std::fs::write(std::path::Path::new(&folder).join(name), text).unwrap();
        }
        assert!(self.failed.is_empty(), "{} failed:\n{}", self.failed.len(), self.failed.join("\n"));
        let whole: Vec<_> = self.held_of.iter().filter(|(_, held)| **held < 3).collect();
        assert!(whole.is_empty(), "hardly a cell holds of {whole:?}:\n{}", self.skipped.join("\n"));
        let held: usize = self.held.values().sum();
        let allowed = (held + self.skipped.len()) / 20;
        assert!(
            self.skipped.len() <= allowed,
            "{held} held, {} skipped, {allowed} may be:\n{}",
            self.skipped.len(),
            self.skipped.join("\n")
        );
    }
}
