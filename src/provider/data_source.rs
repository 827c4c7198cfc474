//! The trait of data source types.

use futures_util::future::BoxFuture;

use crate::provider::runtime::Runtime;
use crate::terraform::diagnostic::Diagnostics;
use crate::terraform::schema::Schema;
use crate::terraform::value::Value;

/// One data source type.
pub(super) trait DataSource: std::fmt::Debug + Send + Sync {
    fn schema(&self) -> Schema;

    /// Returns the faults of a config that satisfies the schema, before anything is sent.
    fn validate(&self, config: &Value) -> Diagnostics;

    fn read<'a>(&'a self, runtime: &'a Runtime, config: Value) -> BoxFuture<'a, (Value, Diagnostics)>;
}
