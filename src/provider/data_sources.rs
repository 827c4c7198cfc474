//! The data sources that are written by hand; `typed` makes those of each object.

mod descriptors;
mod entities;
mod entity;
mod selection;

pub(super) use descriptors::{ActionsDataSource, EntityTypesDataSource};
pub(super) use entities::EntitiesDataSource;
pub(super) use entity::EntityDataSource;
pub(super) use selection::{check_fields, check_order, ids_of};
