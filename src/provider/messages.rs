//! Every message of the provider, declared once: its name, its summary, the problem and the remedy.
//!
//! Nothing else in the provider words a message: the layers below return typed causes, and the
//! constructors here turn them into sentences. [A page](../../docs/guides/messages.md) shows each message
//! as a user sees it; the test that writes the page provokes each message, and fails if one is never
//! reported.

pub(super) mod ends;
pub(super) mod found;
pub(super) mod journal;
pub(super) mod payload;
pub(super) mod settings;
pub(super) mod stripe;

use crate::terraform::message::Message;

/// All messages, by the part of the provider that reports them.
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
