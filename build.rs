//! Compiles the wire interface and packs the catalog.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=proto");
    let descriptors = protox::compile(
        ["proto/tfplugin5.proto", "proto/plugin.proto", "proto/health.proto"],
        ["proto"],
    )?;
    tonic_prost_build::configure().build_client(true).compile_fds(descriptors)?;
    Ok(())
}
