//! The data sources: what the connector offers, and what Stripe holds.

mod descriptors;
mod entities;
mod entity;
mod selection;

pub(super) use descriptors::{Actions, EntityTypes};
pub(super) use entities::Entities;
pub(super) use entity::Entity;
pub(super) use selection::{check_fields, check_order};
