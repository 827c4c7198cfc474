//! Checks a configuration, as far as it is known.

use crate::catalog::Entity;
use crate::engine::{DesiredParams, Error, WrittenParams, faults_of, sound_params, unlisted_values};
use crate::provider::explain::add_known_faults;
use crate::provider::payload::known_part;
use crate::provider::typed::surface::Surface;
use crate::terraform::diagnostic::Diagnostics;
use crate::terraform::value::Value;

/// Turns a configuration into params, or reports its faults.
pub(super) type Complete = fn(&'static Entity, &WrittenParams) -> Result<DesiredParams, Error>;

impl Surface {
    /// Reports faults in the params of a configuration, and values that Stripe does not document.
    pub(super) fn check_params(&self, config: &Value, complete: Complete) -> Diagnostics {
        let written = self.written_with_twins(config);
        let mut found = Diagnostics::new();
        let desired = complete(self.entity, &written).unwrap_or_else(|error| {
            found.extend(self.explain(&error));
            sound_params(self.entity, &written)
        });
        found.extend(self.explain_unlisted(&unlisted_values(&desired, self.entity.params())));
        let known = faults_of(self.entity, &self.written_with_twins(&known_part(config)));
        add_known_faults(&mut found, self.explain_faults(&known));
        self.with_paths_in(config, found)
    }
}
