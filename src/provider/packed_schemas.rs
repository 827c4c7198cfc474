//! The schemas of this build, encoded in advance, because every Terraform command asks for all of them.
//!
//! `cargo run -- docs` generates them and writes them, compressed, to `packed_schemas.bin`, along with the
//! pages of the registry; a test compares both with newly generated ones.

use bytes::Bytes;

/// The path of the file in the project's folder.
pub const FILE: &str = "src/provider/packed_schemas.bin";

/// The unpacked file, from `build.rs`.
static ENCODED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/schemas.bin"));

/// The path of the file with the identity schemas.
pub const IDENTITIES_FILE: &str = "src/provider/packed_identities.bin";

/// The unpacked file with the identity schemas, from `build.rs`.
static ENCODED_IDENTITIES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/identities.bin"));

/// The compression level.
const EFFORT: u8 = 10;

/// The response to `GetProviderSchema`.
pub(super) fn encoded() -> Bytes {
    Bytes::from_static(ENCODED)
}

/// The response to `GetResourceIdentitySchemas`.
pub(super) fn encoded_identities() -> Bytes {
    Bytes::from_static(ENCODED_IDENTITIES)
}

/// Packs these encoded schemas into the content of the file.
pub fn pack(encoded: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec(encoded, EFFORT)
}
