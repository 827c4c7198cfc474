//! The registry's pages: turns the schema and the examples into Markdown.
//!
//! There is one page for each type of every family, one for the provider block, and one that lists the
//! entity types, in the folders that the registry reads. The pages are committed; a test compares them with
//! the generated ones.

mod entities;
mod examples;
mod identity;
mod list;
mod page;
mod permissions;
mod reference;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::provider::packed_schemas;
use crate::terraform::protocol::{encoded_identity_schemas, encoded_schemas};
use crate::terraform::provider::{Family, Schemas};

use examples::{Example, Examples};
use page::DocPage;

/// Returns every page, keyed by its path below the project's folder. Examples are read from `examples`
/// below `root`; a type without an example is an error.
pub fn pages(root: &Path, schemas: &Schemas) -> io::Result<BTreeMap<PathBuf, String>> {
    let mut pages = BTreeMap::new();
    let mut add = |path: PathBuf, page: &DocPage<'_>| {
        pages.insert(path, page.markdown());
    };
    let examples = Examples::read(root)?;
    let example = |path: PathBuf| Ok::<_, io::Error>(examples.with_references(fs::read_to_string(path)?));
    let provider = DocPage {
        family: None,
        name: "stripe",
        schema: &schemas.provider,
        example: example(root.join("examples/provider/provider.tf"))?,
        import: None,
        identity: None,
    };
    add(PathBuf::from("docs/index.md"), &provider);
    for (family, name, schema) in schemas.all() {
        let folder = root.join("examples").join(folder_of(family)).join(name);
        let example = match example_file(family) {
            Some(file) => example(folder.join(file))?,
            None => Example { own: list::example(name, schema), ..Example::default() },
        };
        let import = fs::read_to_string(folder.join("import.sh")).ok();
        let written = fs::read_to_string(folder.join("import-by-identity.tf")).ok();
        let made = || identity::example(name, schemas.identities.get(name)?, import.as_deref()?);
        let identity = written.or_else(made);
        add(
            path_of(family, name),
            &DocPage { family: Some(family), name, schema, example, import, identity },
        );
    }
    pages.insert(PathBuf::from("docs/guides/entity-types.md"), entities::page());
    Ok(pages)
}

/// The folder for the pages of a family, as the registry expects it; its examples have a folder of the same
/// name.
fn folder_of(family: Family) -> &'static str {
    match family {
        Family::Resource => "resources",
        Family::DataSource => "data-sources",
        Family::EphemeralResource => "ephemeral-resources",
        Family::Action => "actions",
        Family::List => "list-resources",
    }
}

/// The file name of an example; `None` if the schema already says all there is to write.
fn example_file(family: Family) -> Option<&'static str> {
    match family {
        Family::Resource => Some("resource.tf"),
        Family::DataSource => Some("data-source.tf"),
        Family::EphemeralResource => Some("ephemeral-resource.tf"),
        Family::Action => Some("action.tf"),
        Family::List => None,
    }
}

fn path_of(family: Family, name: &str) -> PathBuf {
    let short = name.strip_prefix("stripe_").unwrap_or(name);
    Path::new("docs").join(folder_of(family)).join(format!("{short}.md"))
}

/// Writes every page that changed and the pre-encoded schemas, and removes the pages of types that no
/// longer exist. Returns the paths of all of them.
pub fn write(root: &Path, schemas: &Schemas) -> io::Result<Vec<PathBuf>> {
    let mut written = Vec::new();
    let packed = |file: &str, encoded: Vec<u8>| (PathBuf::from(file), packed_schemas::pack(&encoded));
    let packed = [
        packed(packed_schemas::FILE, encoded_schemas(schemas)),
        packed(packed_schemas::IDENTITIES_FILE, encoded_identity_schemas(schemas)),
    ];
    let pages = pages(root, schemas)?.into_iter().map(|(path, text)| (path, text.into_bytes()));
    for (path, text) in pages.chain(packed) {
        let file = root.join(&path);
        if fs::read(&file).ok().as_ref() != Some(&text) {
            if let Some(folder) = file.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(&file, text)?;
            written.push(path);
        }
    }
    for path in stale(root, schemas)? {
        fs::remove_file(root.join(&path))?;
        written.push(path);
    }
    Ok(written)
}

/// Returns the pages of types that no longer exist.
pub fn stale(root: &Path, schemas: &Schemas) -> io::Result<Vec<PathBuf>> {
    let (pages, mut stale) = (pages(root, schemas)?, Vec::new());
    for folder in Family::ALL.map(folder_of).map(|folder| Path::new("docs").join(folder)) {
        for entry in fs::read_dir(root.join(&folder))? {
            let path = folder.join(entry?.file_name());
            if !pages.contains_key(&path) {
                stale.push(path);
            }
        }
    }
    Ok(stale)
}
