//! The paths of the authority: which operation each is.

use axum::http::request::Parts;
use simulation::http::target::decoded;

use super::Version;

/// What is to be done for an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Task {
    Discovery(Version),
    Instance,
    SigningKeys,
    Realm,
    Token(Version),
    DeviceCode(Version),
    SignOut,
    Page,
    NotModelled,
}

impl Task {
    pub(super) fn version(self) -> Version {
        match self {
            Self::Token(version) | Self::DeviceCode(version) => version,
            _ => Version::Two,
        }
    }
}

struct Route {
    operation: &'static str,
    method: &'static str,
    /// What comes after the tenant; `*` is a name.
    path: &'static [&'static str],
    task: Task,
}

const fn route(
    operation: &'static str,
    method: &'static str,
    path: &'static [&'static str],
    task: Task,
) -> Route {
    Route {
        operation,
        method,
        path,
        task,
    }
}

const ROUTES: &[Route] = &[
    route(
        "Get OpenID Configuration",
        "GET",
        &["v2.0", ".well-known", "openid-configuration"],
        Task::Discovery(Version::Two),
    ),
    route(
        "Get OpenID Configuration",
        "GET",
        &[".well-known", "openid-configuration"],
        Task::Discovery(Version::One),
    ),
    route(
        "Discover Instance",
        "GET",
        &["discovery", "instance"],
        Task::Instance,
    ),
    route(
        "Get Signing Keys",
        "GET",
        &["discovery", "v2.0", "keys"],
        Task::SigningKeys,
    ),
    route(
        "Get Signing Keys",
        "GET",
        &["discovery", "keys"],
        Task::SigningKeys,
    ),
    route("Get User Realm", "GET", &["userrealm", "*"], Task::Realm),
    route(
        "Get Token",
        "POST",
        &["oauth2", "v2.0", "token"],
        Task::Token(Version::Two),
    ),
    route(
        "Get Token",
        "POST",
        &["oauth2", "token"],
        Task::Token(Version::One),
    ),
    route(
        "Begin Device Code",
        "POST",
        &["oauth2", "v2.0", "devicecode"],
        Task::DeviceCode(Version::Two),
    ),
    route(
        "Begin Device Code",
        "POST",
        &["oauth2", "devicecode"],
        Task::DeviceCode(Version::One),
    ),
    route(
        "Sign Out",
        "GET",
        &["oauth2", "v2.0", "logout"],
        Task::SignOut,
    ),
    route("Sign Out", "GET", &["oauth2", "logout"], Task::SignOut),
    route(
        "Authorize",
        "GET",
        &["oauth2", "v2.0", "authorize"],
        Task::NotModelled,
    ),
    route(
        "Authorize",
        "POST",
        &["oauth2", "v2.0", "authorize"],
        Task::NotModelled,
    ),
    route(
        "Authorize",
        "GET",
        &["oauth2", "authorize"],
        Task::NotModelled,
    ),
    route(
        "Get User Info",
        "GET",
        &["openid", "userinfo"],
        Task::NotModelled,
    ),
    route(
        "Federate By WS-Federation",
        "GET",
        &["wsfed"],
        Task::NotModelled,
    ),
    route("Federate By SAML", "GET", &["saml2"], Task::NotModelled),
    route("Federate By SAML", "POST", &["saml2"], Task::NotModelled),
];

/// An operation that a path stands for.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) operation: &'static str,
    pub(super) task: Task,
    /// The tenant as it was called.
    pub(super) tenant: String,
    /// What stands in the place of `*`.
    pub(super) name: String,
}

/// The operation that a request is, if it is one of the authority's.
pub(crate) fn operation(head: &Parts) -> Option<&'static str> {
    find(head).map(|found| found.operation)
}

/// The operations there are, and whether each is modelled.
pub(crate) fn operations() -> impl Iterator<Item = (&'static str, &'static str, String, bool)> {
    ROUTES.iter().map(|route| {
        let path: Vec<_> = route
            .path
            .iter()
            .map(|word| if *word == "*" { "{user}" } else { word })
            .collect();
        (
            route.operation,
            route.method,
            format!("/{{tenant}}/{}", path.join("/")),
            route.task != Task::NotModelled,
        )
    })
}

pub(super) fn find(head: &Parts) -> Option<Found> {
    let segments: Vec<_> = head
        .uri
        .path()
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| decoded(segment).into_owned())
        .collect();
    if let [only] = segments.as_slice()
        && only.eq_ignore_ascii_case("device")
        && head.method == "GET"
    {
        return Some(Found {
            operation: "Show Device Page",
            task: Task::Page,
            tenant: String::new(),
            name: String::new(),
        });
    }
    let (tenant, rest) = segments.split_first()?;
    let route = ROUTES.iter().find(|route| {
        head.method == route.method
            && rest.len() == route.path.len()
            && rest
                .iter()
                .zip(route.path)
                .all(|(said, word)| *word == "*" || said.eq_ignore_ascii_case(word))
    })?;
    let place = route.path.iter().position(|word| *word == "*");
    Some(Found {
        operation: route.operation,
        task: route.task,
        tenant: tenant.clone(),
        name: place
            .and_then(|place| rest.get(place))
            .cloned()
            .unwrap_or_default(),
    })
}
