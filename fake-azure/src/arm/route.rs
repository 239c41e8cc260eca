//! What a route is: a method and a path, the operation that they are, and who carries it out.

use axum::http::Method;
use simulation::http;

use super::{Answer, Call, Refused};
use crate::world::resource_manager::Kind;

/// Carries a call out.
pub(crate) type Handler = fn(&mut Call<'_>) -> Result<Answer, Refused>;

/// An operation of the API.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Route {
    pub(crate) method: &'static str,
    /// The path after the subscription, or the whole where it is above subscriptions; words
    /// compare without case, `{…}` takes any name.
    pub(crate) path: &'static str,
    /// Its name in the documentation.
    pub(crate) operation: &'static str,
    /// The kind of resource that it is about.
    pub(crate) kind: Option<Kind>,
    /// None where the operation is not modelled.
    pub(crate) handler: Option<Handler>,
}

impl http::Route for Route {
    fn pattern(&self) -> &str {
        self.path
    }

    fn takes(&self, method: &Method) -> bool {
        self.method.eq_ignore_ascii_case(method.as_str())
    }
}

/// A table of routes, a line each: method, path, the operation's name, and its handler where it is
/// modelled.
macro_rules! routes {
    (below $base:literal of $kind:ident; $($lines:tt)*) => {
        $crate::arm::route::routes!(
            @lines $base, Some($crate::world::resource_manager::Kind::$kind); $($lines)*
        )
    };
    (below $base:literal; $($lines:tt)*) => {
        $crate::arm::route::routes!(@lines $base, None; $($lines)*)
    };
    (@lines $base:literal, $kind:expr; $(
        $method:ident $path:literal : $operation:expr $(=> $handler:path)?;
    )*) => {
        &[$($crate::arm::route::Route {
            method: stringify!($method),
            path: concat!($base, $path),
            operation: $operation,
            kind: $kind,
            handler: $crate::arm::route::routes!(@handler $($handler)?),
        }),*]
    };
    (@handler) => { None };
    (@handler $handler:path) => { Some($handler as $crate::arm::route::Handler) };
}

/// The routes that every resource of its own has: what it is called, and where it lies.
macro_rules! resource {
    ($kind:ident, $type:literal, $one:literal, $many:literal) => {
        $crate::arm::route::resource!(@lines $kind, $one, $many,
            concat!("/providers/", $type),
            concat!("/resourceGroups/{group}/providers/", $type),
            concat!("/resourceGroups/{group}/providers/", $type, "/{name}"))
    };
    (@lines $kind:ident, $one:literal, $many:literal, $all:expr, $list:expr, $item:expr) => {
        &[
            $crate::arm::route::resource!(@line $kind, "GET", $all, concat!("List All ", $many), list_all),
            $crate::arm::route::resource!(@line $kind, "GET", $list, concat!("List ", $many), list),
            $crate::arm::route::resource!(@line $kind, "GET", $item, concat!("Get ", $one), get),
            $crate::arm::route::resource!(@line $kind, "HEAD", $item, concat!("Check ", $one), head),
            $crate::arm::route::resource!(@line $kind, "PUT", $item, concat!("Create or Update ", $one), put),
            $crate::arm::route::resource!(@line $kind, "PATCH", $item, concat!("Update ", $one), patch),
            $crate::arm::route::resource!(@line $kind, "DELETE", $item, concat!("Delete ", $one), delete),
        ]
    };
    (@line $kind:ident, $method:literal, $path:expr, $operation:expr, $handler:ident) => {
        $crate::arm::route::Route {
            method: $method,
            path: $path,
            operation: $operation,
            kind: Some($crate::world::resource_manager::Kind::$kind),
            handler: Some($crate::arm::resources::$handler as $crate::arm::route::Handler),
        }
    };
}

pub(crate) use {resource, routes};
