//! The RPCs for lists of objects, whether or not Terraform manages them.

use std::panic::{AssertUnwindSafe, catch_unwind};

use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use tonic::Status;

use super::diagnostics::{printable, to_wire};
use super::validation::{self, STORES_NOTHING};
use super::{Service, dispatch, identity};
use crate::terraform::Provider;
use crate::terraform::diagnostic::Diagnostic;
use crate::terraform::provider::{Family, ListRequest, Listed};
use crate::terraform::wire::tfplugin5::{list_resource, validate_list_resource_config};

/// The events of a list.
pub(super) type Events = BoxStream<'static, Result<list_resource::Event, Status>>;

pub(super) fn validate<P: Provider>(
    service: &Service<P>,
    request: &validate_list_resource_config::Request,
) -> Result<validate_list_resource_config::Response, Diagnostic> {
    let subject = (Family::List, request.type_name.as_str());
    let diagnostics = validation::validate(service, subject, request.config.as_ref(), STORES_NOTHING)?;
    Ok(validate_list_resource_config::Response { diagnostics })
}

/// Streams the objects of a list, one event each. A failure is an event too: a gRPC status would be shown as
/// a "plugin error".
pub(super) fn list<P: Provider>(service: &Service<P>, request: &list_resource::Request) -> Events {
    let begun = catch_unwind(AssertUnwindSafe(|| begin(service, request)));
    let name = request.type_name.clone();
    match begun {
        Ok(Ok(events)) => {
            let events = AssertUnwindSafe(events).catch_unwind();
            let told = move |event: Result<_, Box<dyn std::any::Any + Send>>| {
                Ok(event.unwrap_or_else(|payload| failed(dispatch::panicked(RPC, &name, payload.as_ref()))))
            };
            events.map(told).boxed()
        }
        Ok(Err(error)) => once(error),
        Err(payload) => once(dispatch::panicked(RPC, &name, payload.as_ref())),
    }
}

const RPC: &str = "ListResource";

fn once(error: Diagnostic) -> Events {
    stream::iter([Ok(failed(error))]).boxed()
}

fn failed(error: Diagnostic) -> list_resource::Event {
    list_resource::Event { diagnostic: vec![to_wire(error)], ..Default::default() }
}

fn begin<P: Provider>(
    service: &Service<P>,
    request: &list_resource::Request,
) -> Result<BoxStream<'static, list_resource::Event>, Diagnostic> {
    let (name, provider) = (&request.type_name, &service.provider);
    let config = service.codecs.of(provider, Family::List, name)?.decode_config(request.config.as_ref())?;
    service.codecs.of(provider, Family::Resource, name)?;
    let include_resource = request.include_resource_object;
    let limit = usize::try_from(request.limit).ok().filter(|limit| *limit > 0).unwrap_or(usize::MAX);
    let listed = service.provider.list(name, ListRequest { config, include_resource, limit });
    // The stream outlives the RPC, so it owns a clone of the service.
    let (service, name) = (service.clone(), name.clone());
    Ok(listed.take(limit).map(move |it| event(&service, &name, it).unwrap_or_else(failed)).boxed())
}

fn event<P: Provider>(
    service: &Service<P>,
    name: &str,
    listed: Listed,
) -> Result<list_resource::Event, Diagnostic> {
    let codec = service.codecs.of(&service.provider, Family::Resource, name)?;
    let Listed { identity, display_name, resource, diagnostics } = listed;
    // Anybody may have named the object, so its name is reduced to one line of plain text.
    let display_name = printable(&display_name).replace(['\n', '\t'], " ");
    let ty = service.codecs.identity(&service.provider, name).filter(|_| !identity.is_null());
    let identity = ty.map(|ty| identity::data(&identity, ty)).transpose()?;
    let resource_object = (!resource.is_null()).then(|| codec.encode(resource)).transpose()?;
    let diagnostic = codec.diagnostics(diagnostics);
    Ok(list_resource::Event { identity, display_name, resource_object, diagnostic })
}
