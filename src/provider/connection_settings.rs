//! The settings of connections, in the provider block (the default connection) and in `stripe_connection`:
//! their schema, their checks and how they are read. Also the handle by which everything else names a
//! connection.

mod error;
mod faults;
mod handle;
mod last_block;
mod provider_block;
mod read;
mod schema;

pub(super) use error::{
    describe as describe_error, describe_lasting as describe_lasting_error, path as path_of_error,
};
pub(super) use faults::{
    all_sources, check_combinations, check_key, check_sources, check_version, idle_service_account,
    log_file_warning,
};
pub(super) use handle::{UnknownHandles, connection_attribute, keep_equal_handle};
pub(super) use last_block::LastBlock;
pub(super) use provider_block::{
    defaults, journal_place, sandbox_fault, schema as provider_schema, validate as validate_provider,
    variable_faults,
};
pub(super) use read::{API_KEY, read as read_settings};
pub(super) use schema::{IN_STATE, secret, shared_attributes, shared_blocks};
