//! The schemas of this build, encoded in advance, because every command of Terraform asks for all of them.
//!
//! `cargo run -- docs` makes them and writes them, compressed, to `packed_schemas.bin`; a test compares
//! them with what is made anew. The file begins with a fingerprint of the data and the code that make
//! them. Where it is another one, `build.rs` leaves the schemas out, and they are made when they are asked for:
//! slower, and never wrong.

use bytes::Bytes;

/// The path of the file below the project's folder.
pub const FILE: &str = "src/provider/packed_schemas.bin";

/// What `build.rs` made of the file; empty where what makes schemas has changed since.
static ENCODED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/schemas.bin"));

/// How hard the packing tries.
const EFFORT: u8 = 10;

/// The response to `GetProviderSchema`.
pub(super) fn encoded() -> Option<Bytes> {
    (!ENCODED.is_empty()).then(|| Bytes::from_static(ENCODED))
}

/// The content of the file for these encoded schemas.
pub fn pack(encoded: &[u8]) -> Vec<u8> {
    let mut packed = env!("SCHEMAS_FINGERPRINT").as_bytes().to_vec();
    packed.extend(miniz_oxide::deflate::compress_to_vec(encoded, EFFORT));
    packed
}
