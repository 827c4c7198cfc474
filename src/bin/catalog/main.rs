//! Writes the facts of the catalog from an API description, or checks them against it:
//! `cargo run --bin catalog -- --spec FILE [--check] [--into DIRECTORY]`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io};

mod calls;
mod description;
mod layout;
mod services;
mod shapes;

use clap::Parser;
use description::{Description, GenerateError};
use layout::lay_out;

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("cannot read {}: {why}", path.display())]
    Read { path: PathBuf, why: io::Error },
    #[error("cannot write {}: {why}", path.display())]
    Write { path: PathBuf, why: io::Error },
    #[error("the description is not JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Generate(#[from] GenerateError),
}

/// Writes the facts of the catalog from Stripe's OpenAPI file.
#[derive(Debug, Parser)]
#[command(name = "catalog")]
struct Arguments {
    /// Stripe's OpenAPI file
    #[arg(long, value_name = "FILE")]
    spec: PathBuf,
    /// Write nothing: fail where the facts differ from the file
    #[arg(long)]
    check: bool,
    /// The folder of the facts
    #[arg(long, value_name = "DIRECTORY", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/src/catalog/facts"))]
    into: PathBuf,
}

fn main() -> ExitCode {
    match run() {
        Ok(differing) if differing.is_empty() => ExitCode::SUCCESS,
        Ok(differing) => {
            eprintln!("the facts differ from the description:\n{}", differing.join("\n"));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

/// Does what was asked; when only checking, returns the names of the files that differ.
fn run() -> Result<Vec<String>, Error> {
    let arguments = Arguments::parse();
    let spec = serde_json::from_str(&read(&arguments.spec)?)?;
    let files = generate(Description::new(&spec))?;
    if arguments.check {
        return differing(&arguments.into, &files);
    }
    write(&arguments.into, &files)?;
    Ok(Vec::new())
}

/// Returns every facts file, by name.
fn generate(description: Description<'_>) -> Result<BTreeMap<String, String>, Error> {
    let mut files = BTreeMap::new();
    let version = serde_json::json!({ "api_version": description.version()? });
    files.insert("version.json".to_owned(), lay_out(&version));
    for (key, entity) in description.entities()? {
        files.insert(format!("{key}.json"), lay_out(&serde_json::to_value(entity)?));
    }
    Ok(files)
}

/// Writes every file that changed and removes those that the description no longer has.
fn write(into: &Path, files: &BTreeMap<String, String>) -> Result<(), Error> {
    for name in differing(into, files)? {
        let path = into.join(&name);
        let done = match files.get(&name) {
            Some(text) => fs::write(&path, text),
            None => fs::remove_file(&path),
        };
        done.map_err(|why| Error::Write { path, why })?;
    }
    Ok(())
}

/// Returns the files that are missing, changed or superfluous.
fn differing(into: &Path, files: &BTreeMap<String, String>) -> Result<Vec<String>, Error> {
    let mut names = Vec::new();
    for (name, text) in files {
        if fs::read_to_string(into.join(name)).ok().as_ref() != Some(text) {
            names.push(name.clone());
        }
    }
    let unreadable = |why| Error::Read { path: into.to_owned(), why };
    for entry in fs::read_dir(into).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name().to_string_lossy().into_owned();
        if Path::new(&name).extension().is_some_and(|extension| extension == "json")
            && !files.contains_key(&name)
        {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn read(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|why| Error::Read { path: path.to_owned(), why })
}

#[cfg(test)]
mod tests;
