//! Compiles the wire interface, packs the catalog and turns tables into JSON.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::{env, fs};

use serde::de::DeserializeOwned;

#[path = "src/catalog/build/check.rs"]
mod check;
#[path = "src/catalog/fact_format.rs"]
mod fact_format;
#[path = "src/catalog/build/join.rs"]
mod join;
#[path = "src/catalog/build/lists.rs"]
mod lists;
#[expect(dead_code, reason = "what follows from an entry is asked at run time")]
#[path = "src/catalog/model.rs"]
mod model;
#[expect(dead_code, reason = "how sentences name an operation is asked at run time")]
#[path = "src/catalog/operation.rs"]
mod operation;
#[path = "src/catalog/build/pack.rs"]
mod pack;
#[path = "src/catalog/build/references.rs"]
mod references;
#[path = "src/catalog/build/refine.rs"]
mod refine;
#[path = "src/catalog/build/rules.rs"]
mod rules;
#[path = "src/catalog/build/secrets.rs"]
mod secrets;
#[expect(dead_code, reason = "most questions are asked at run time")]
#[path = "src/catalog/shape.rs"]
mod shape;
#[path = "src/catalog/spelling.rs"]
mod spelling;
#[path = "src/catalog/words.rs"]
mod words;

/// The tables that are built in, by their paths in `src`. Every process reads some, and reads JSON several times as fast
/// as TOML.
const TABLES: [&str; 20] = [
    "catalog/constraint.toml",
    "catalog/id_prefixes.toml",
    "catalog/other_names.toml",
    "provider/typed/surfaces.toml",
    "registry_docs/permissions.toml",
    "sandbox/answers.toml",
    "sandbox/behaviour/tax_id.toml",
    "sandbox/card.toml",
    "sandbox/constraint.toml",
    "sandbox/currency.toml",
    "sandbox/due.toml",
    "sandbox/earlier.toml",
    "sandbox/event/kind.toml",
    "sandbox/label.toml",
    "sandbox/lifecycle.toml",
    "sandbox/page/filter.toml",
    "sandbox/publishable.toml",
    "sandbox/reference.toml",
    "sandbox/refusal.toml",
    "sandbox/substitute.toml",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=proto");
    let descriptors =
        protox::compile(["proto/tfplugin5.proto", "proto/plugin.proto", "proto/health.proto"], ["proto"])?;
    // Schemas in the order of their names: the same ones are the same bytes.
    let generator = tonic_prost_build::configure().build_client(true);
    generator
        .btree_map(".tfplugin5.GetProviderSchema")
        .btree_map(".tfplugin5.GetResourceIdentitySchemas")
        .compile_fds(descriptors)?;
    link_at_a_fixed_address();
    pack_catalog(Path::new("src/catalog"))?;
    TABLES.iter().try_for_each(|table| write_table(table))?;
    write_sentences(Path::new("src/provider/typed/sentences.toml"))?;
    let packed = Path::new("src/provider");
    unpack_schemas(&packed.join("packed_schemas.bin"), "schemas.bin")?;
    unpack_schemas(&packed.join("packed_identities.bin"), "identities.bin")
}

/// Links programs for glibc at a fixed address, as Go links its own: nothing is relocated at a start, of which
/// one command of terraform has three or four (docs/design/0014-start.md).
fn link_at_a_fixed_address() {
    let of_target = |name: &str| env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    if (of_target("OS").as_str(), of_target("ENV").as_str()) == ("linux", "gnu") {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}

/// Joins facts and rules and writes them as one blob with an index.
fn pack_catalog(catalog: &Path) -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", catalog.display());
    let (facts, version) = read_facts(&catalog.join("facts"))?;
    let rules = rules::parse(&fs::read_to_string(catalog.join("rules.toml"))?)
        .map_err(|why| format!("src/catalog/rules.toml: {why}"))?;
    let references = references::References::parse(&fs::read_to_string(catalog.join("references.toml"))?)
        .map_err(|why| format!("src/catalog/references.toml: {why}"))?;
    let joined = join::join(facts, &rules, &references);
    if !joined.problems.is_empty() {
        return Err(format!("src/catalog:\n{}", joined.problems.join("\n")).into());
    }
    let out = env::var("OUT_DIR")?;
    let packed = pack::pack(&joined.entities, &version)?;
    fs::write(Path::new(&out).join("catalog.bin"), packed.blob)?;
    fs::write(Path::new(&out).join("catalog_index.rs"), packed.index)?;
    Ok(())
}

/// Writes a table as JSON, its entries in their order.
fn write_table(table: &str) -> Result<(), Box<dyn Error>> {
    let read: serde_json::Value = read_table(&Path::new("src").join(table))?;
    let written = Path::new(&env::var("OUT_DIR")?).join(format!("{table}.json"));
    written.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(written, serde_json::to_vec(&read)?)?;
    Ok(())
}

/// Writes the sentences as slices of Rust, sorted: half a megabyte, of which a process needs a few lines.
fn write_sentences(path: &Path) -> Result<(), Box<dyn Error>> {
    let tables: BTreeMap<String, BTreeMap<String, String>> = read_table(path)?;
    let tables = tables.iter().map(|(name, sentences)| (name, sentences.iter().collect::<Vec<_>>()));
    let tables: Vec<_> = tables.map(|(name, sentences)| format!("({name:?}, &{sentences:?})")).collect();
    let written = Path::new(&env::var("OUT_DIR")?).join("sentences.rs");
    fs::write(written, format!("&[\n{}]", tables.join(",\n")))?;
    Ok(())
}

fn read_table<T: DeserializeOwned>(path: &Path) -> Result<T, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", path.display());
    Ok(toml::from_str(&fs::read_to_string(path)?).map_err(|why| format!("{}: {why}", path.display()))?)
}

/// Unpacks the schemas that were encoded in advance.
fn unpack_schemas(packed: &Path, into: &str) -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", packed.display());
    let schemas = miniz_oxide::inflate::decompress_to_vec(&fs::read(packed)?)
        .map_err(|why| format!("{}: {why}", packed.display()))?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join(into), schemas)?;
    Ok(())
}

/// The facts of every object and the version of the API.
fn read_facts(directory: &Path) -> Result<(BTreeMap<String, model::Entity>, String), Box<dyn Error>> {
    let mut facts = BTreeMap::new();
    let mut version = String::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let text = fs::read_to_string(&path)?;
        let broken = |why: serde_json::Error| format!("{}: {why}", path.display());
        if path.ends_with("version.json") {
            let file: BTreeMap<String, String> = serde_json::from_str(&text).map_err(broken)?;
            version = file.get("api_version").cloned().unwrap_or_default();
        } else {
            let entity: model::Entity = serde_json::from_str(&text).map_err(broken)?;
            facts.insert(entity.key.clone(), entity);
        }
    }
    Ok((facts, version))
}
