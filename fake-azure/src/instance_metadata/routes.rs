//! The paths of the metadata service: which operation each is.

use axum::http::request::Parts;

/// Where a virtual machine asks.
pub(super) const OF_MACHINE: &str = "/metadata/identity/oauth2/token";

/// Where an application of App Service asks; programs take whatever `IDENTITY_ENDPOINT` says.
pub(super) const OF_APPLICATION: &str = "/msi/token";

/// What else a machine may ask, and what it is called.
const NOT_MODELLED: &[(&str, &str)] = &[
    ("/metadata/instance", "Get Instance Metadata"),
    ("/metadata/attested", "Get Attested Data"),
    ("/metadata/scheduledevents", "Get Scheduled Events"),
    ("/metadata/loadbalancer", "Get Load Balancer Metadata"),
    ("/metadata/identity/info", "Get Identity Info"),
    ("/metadata/versions", "Get Metadata Versions"),
];

/// The operation of a token.
pub(super) const TOKEN: &str = "Get Managed Identity Token";

/// The operations there are, their paths, and whether each is modelled.
pub(crate) fn operations() -> impl Iterator<Item = (&'static str, &'static str, bool)> {
    let tokens = [(TOKEN, OF_MACHINE, true), (TOKEN, OF_APPLICATION, true)];
    let others = NOT_MODELLED.iter();
    tokens
        .into_iter()
        .chain(others.map(|(path, operation)| (*operation, *path, false)))
}

/// Whether a request is for this path.
pub(super) fn is_at(head: &Parts, path: &str) -> bool {
    let asked = head.uri.path().trim_end_matches('/');
    asked.eq_ignore_ascii_case(path)
}

/// What is asked for below a path that is not modelled.
pub(super) fn not_modelled(head: &Parts) -> Option<&'static str> {
    let asked = head.uri.path().to_ascii_lowercase();
    let found = NOT_MODELLED.iter().find(|(path, _)| {
        asked
            .strip_prefix(path)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    found.map(|(_, operation)| *operation)
}
