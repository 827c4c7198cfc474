//! What every resource that keeps a Stripe object does with it, in whatever form its type writes it: find
//! the connection that leads to the object, create it once, read it, and end it or replace it. The types
//! are `stripe_entity`, with a payload, and the typed resources, with attributes; both keep
//! [`PrivateData`] beside their state.

mod account;
mod apply;
mod creation;
mod desired;
mod end;
mod moved;
mod plan;
mod private_data;
mod read;
mod readiness;
mod responses;
mod usage;

pub(super) use apply::{Accepted, ObjectConfig, create, update};
pub(super) use desired::Desired;
pub(super) use end::{check_end, end, end_attributes, ended_note};
pub(super) use moved::MovedObject;
pub(super) use plan::{ObjectChange, ObjectPlan, plan};
pub(super) use private_data::{PrivateData, decode_private};
pub(super) use read::{Reading, comparable, read};
pub(super) use readiness::check as check_readiness;
pub(super) use responses::{unchanged, unplanned};
