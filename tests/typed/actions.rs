//! Terraform actions: what moves money, and the calls that objects have, on the sandbox.

mod every;
mod money;
mod refused;
