//! The schemas of this build, encoded in advance, because every command of Terraform asks for all of them.
//!
//! `cargo run -- docs` makes them and writes them, compressed, to `packed_schemas.bin`, beside the pages of
//! the registry; a test compares both with what is generated.

use bytes::Bytes;

/// The path of the file below the project's folder.
pub const FILE: &str = "src/provider/packed_schemas.bin";

/// What `build.rs` unpacked of the file.
static ENCODED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/schemas.bin"));

/// The path of the file of the identity schemas.
pub const IDENTITIES_FILE: &str = "src/provider/packed_identities.bin";

/// What `build.rs` unpacked of it.
static ENCODED_IDENTITIES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/identities.bin"));

/// How hard the packing tries.
const EFFORT: u8 = 10;

/// The response to `GetProviderSchema`.
pub(super) fn encoded() -> Bytes {
    Bytes::from_static(ENCODED)
}

/// The response to `GetResourceIdentitySchemas`.
pub(super) fn encoded_identities() -> Bytes {
    Bytes::from_static(ENCODED_IDENTITIES)
}

/// The content of the file for these encoded schemas.
pub fn pack(encoded: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec(encoded, EFFORT)
}
