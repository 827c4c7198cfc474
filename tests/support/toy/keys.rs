//! The ephemeral resource `toy_key`, which opens a box for the duration of a walk.

use std::time::{Duration, SystemTime};

use stripe_provider::terraform::diagnostic::{Diagnostic, Diagnostics};
use stripe_provider::terraform::provider::{Opened, Renewed};
use stripe_provider::terraform::schema::Presence::{Computed, Required};
use stripe_provider::terraform::schema::{Attribute, Rule, Schema};
use stripe_provider::terraform::value::{Type, Value};

pub fn schema() -> Schema {
    let fits = Attribute::new("fits", Type::String, Required, "The box that it opens.").rule(Rule::NotEmpty);
    let teeth = Attribute::new("teeth", Type::String, Computed, "What is cut into it.").sensitive();
    Schema::new("A key.", vec![fits, teeth])
}

pub fn validate(config: &Value) -> Diagnostics {
    let paper = config.get("fits").as_str() == Some("paper");
    let error = Diagnostic::error("No Such Lock", "A paper box has no lock.").at_attribute("fits");
    if paper { vec![error] } else { Vec::new() }
}

/// A key for a lost box cannot be made; a key for a rusty box lasts a minute.
pub fn open(mut config: Value) -> Opened {
    let fits = config.get("fits").as_str().unwrap().to_owned();
    if fits == "lost" {
        return Diagnostic::error("No Such Box", "It is lost.").into();
    }
    config.set("teeth", format!("{fits}-1").into());
    let renew_at = (fits == "rusty").then(|| SystemTime::UNIX_EPOCH + Duration::from_mins(1));
    Opened { result: config, private: fits.into_bytes(), renew_at, diagnostics: Vec::new() }
}

pub fn renew(mut private: Vec<u8>) -> Renewed {
    private.push(b'+');
    Renewed { private, ..Renewed::default() }
}

pub fn close(private: &[u8]) -> Diagnostics {
    let private = String::from_utf8_lossy(private);
    vec![Diagnostic::warning("Key Melted", format!("The key of {private} is no more."))]
}
