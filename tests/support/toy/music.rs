//! The toy's action: a music box plays and reports each turn.

use stripe_provider::terraform::diagnostic::{Diagnostic, Diagnostics};
use stripe_provider::terraform::provider::Progress;
use stripe_provider::terraform::schema::Presence::{Optional, Required};
use stripe_provider::terraform::schema::{Attribute, Rule, Schema};
use stripe_provider::terraform::value::{Type, Value};
use tokio::sync::Notify;

/// The type of the action.
pub const NAME: &str = "toy_play_music";

pub fn schema() -> Schema {
    let attributes = vec![
        Attribute::new("turns", Type::Number, Required, "How long it plays.").rule(Rule::Range(0, 9)),
        Attribute::new("song", Type::String, Optional, "What it plays."),
        Attribute::new("code", Type::String, Optional, "Opens it.").sensitive().write_only(),
    ];
    Schema::new("Plays music.", attributes)
}

pub fn validate(config: &Value) -> Diagnostics {
    let warning = Diagnostic::warning("Old Song", "Nobody knows it.").at_attribute("song");
    if config.get("song").as_str() == Some("old") { vec![warning] } else { Vec::new() }
}

pub fn plan(config: &Value) -> Diagnostics {
    let error = Diagnostic::error("Lost Song", "The roll is lost.").at_attribute("song");
    if config.get("song").as_str() == Some("lost") { vec![error] } else { Vec::new() }
}

/// Plays, and ends; an endless song ends when it is told to stop.
pub async fn play(config: &Value, progress: &Progress, stopped: &Notify) -> Diagnostics {
    for turn in 0..config.get("turns").as_i64().unwrap_or_default() {
        progress.tell(format!("turn {}", turn + 1));
    }
    match config.get("song").as_str() {
        Some("endless") => {
            stopped.notified().await;
            vec![Diagnostic::error("Stopped", "It played on.")]
        }
        Some("broken") => panic!("the spring broke"),
        Some("locked") if config.get("code").as_str() != Some("1234") => {
            vec![Diagnostic::error("Locked", "The code is wrong.").at_attribute("code")]
        }
        _ => Vec::new(),
    }
}
