//! Every message of the provider, declared once: its name, its summary, what is wrong and what to do.
//!
//! Nothing else in the provider words a message: causes come typed from below, and the constructors here
//! give them their sentence. [A page](../../docs/guides/messages.md) shows each as a user sees it; the test
//! that writes it provokes each, and fails where a message is never told.

pub(super) mod ends;
pub(super) mod found;
pub(super) mod journal;
pub(super) mod payload;
pub(super) mod settings;
pub(super) mod stripe;

use crate::terraform::message::Message;

/// Every message, by the part of the provider that tells it.
pub(super) fn all() -> Vec<(&'static str, &'static [Message])> {
    vec![
        ("Settings", settings::MESSAGES),
        ("Arguments and payloads", payload::MESSAGES),
        ("Calls to Stripe", stripe::MESSAGES),
        ("Lookups and imports", found::MESSAGES),
        ("Changes and destroys", ends::MESSAGES),
        ("Interrupted creates", journal::MESSAGES),
        ("Terraform and the provider", crate::terraform::messages::MESSAGES),
    ]
}
