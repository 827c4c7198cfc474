//! The programs of the user that can apply a configuration.

use std::path::PathBuf;

use crate::env::{self, Env};

/// Their names, in the order of preference.
const PROGRAMS: [&str; 2] = ["terraform", "tofu"];

/// The first of the programs on the `PATH`.
pub(super) fn find(env: &Env) -> Option<PathBuf> {
    let path = env.get(env::PATH)?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let with_suffix = |name: &str| format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let mut files =
        PROGRAMS.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(with_suffix(name))));
    files.find(|file| file.is_file())
}
