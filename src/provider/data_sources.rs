//! The data sources: what the connector offers, and what Stripe holds.

mod entities;
mod entity;
mod offers;

pub(super) use entities::Entities;
pub(super) use entity::Entity;
pub(super) use offers::{Actions, EntityTypes};
