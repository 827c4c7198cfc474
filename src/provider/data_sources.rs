//! The data sources: what the connector offers, and what Stripe holds.

mod descriptors;
mod entities;
mod entity;

pub(super) use descriptors::{Actions, EntityTypes};
pub(super) use entities::Entities;
pub(super) use entity::Entity;
