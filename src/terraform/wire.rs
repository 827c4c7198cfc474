//! The only place that includes generated code: the messages and services of the plugin protocol.

#![allow(
    missing_docs,
    clippy::all,
    clippy::pedantic,
    clippy::allow_attributes_without_reason,
    unused_qualifications,
    reason = "generated"
)]

/// Terraform's plugin protocol, version 5.
pub mod tfplugin5 {
    tonic::include_proto!("tfplugin5");
}

/// The services of go-plugin, the library with which Terraform starts plugins.
pub mod go_plugin {
    tonic::include_proto!("plugin");
}

/// The standard gRPC health service.
pub mod health {
    tonic::include_proto!("grpc.health.v1");
}
