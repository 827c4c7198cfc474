//! Checks the configuration of an entity.

use crate::engine::{config_params, faults_of, sound_params, unlisted_values};
use crate::provider::explain::{add_known_faults, explain_faults, explain_unlisted, not_a_payload};
use crate::provider::object::check_end;
use crate::provider::payload;
use crate::provider::resources::entity::state::{find, params_of};
use crate::provider::secret_payload;
use crate::terraform::diagnostic::Diagnostics;
use crate::terraform::value::Value;

/// Returns all faults of a configuration, as far as it is known.
pub(super) fn check(config: &Value) -> Diagnostics {
    let Some(name) = config.get("entity").as_str() else { return Diagnostics::new() };
    let entity = match find(name) {
        Ok(entity) => entity,
        Err(unknown) => {
            let unreadable = payload::written(config.get("input_payload")).err();
            return [unknown].into_iter().chain(unreadable).collect();
        }
    };
    let mut found: Diagnostics = check_end(entity, config).into_iter().collect();
    if config.get("input_payload").is_null() {
        found.push(not_a_payload("it is null; an entity without any params has `{}`"));
    }
    found.extend(secret_payload::shown_secrets(config, entity.params()));
    let known = payload::known_part(config.get("input_payload"));
    let known = payload::opened(&known, entity.params()).ok().flatten();
    let known = known.unwrap_or_default();
    let desired = params_of(entity, config, config_params).unwrap_or_else(|diagnostics| {
        found.extend(diagnostics);
        sound_params(entity, &known)
    });
    found.extend(explain_unlisted(&unlisted_values(&desired, entity.params())));
    add_known_faults(&mut found, explain_faults(&faults_of(entity, &known)));
    found
}
