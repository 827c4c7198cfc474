//! How verbose a line is, from 1 to 5: a log writes lines up to the verbosity of its settings.

/// The verbosity of lines about operations.
pub(super) const OPERATIONS: u8 = 1;
/// The verbosity of lines about requests.
pub(super) const REQUESTS: u8 = 2;
/// The verbosity of lines with headers and bodies.
pub(super) const BODIES: u8 = 3;
/// The verbosity of lines about connections, proxies and TLS.
pub(super) const CONNECTIONS: u8 = 4;
/// The verbosity of lines with the bytes of messages.
pub(super) const BYTES: u8 = 5;
