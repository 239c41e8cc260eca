//! What a route is: a method and a path, the operation that they are, and who carries it out.

use axum::http::Method;
use simulation::http::{self, Query};

use super::{Answer, Call, Refused};

type Handler = fn(&mut Call<'_>) -> Result<Answer, Refused>;

/// An operation of the API.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Route {
    pub(crate) method: &'static str,
    /// The path after the subscription; words compare without case, `{…}` takes any name.
    pub(crate) path: &'static str,
    /// A parameter of the query that makes it this operation; `*` stands for any value.
    pub(crate) query: Option<(&'static str, &'static str)>,
    /// Its name in the documentation.
    pub(crate) operation: &'static str,
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

    fn suits(&self, query: &Query) -> bool {
        self.query.is_none_or(|(key, value)| {
            query.pairs().any(|(k, v)| {
                k.eq_ignore_ascii_case(key) && (value == "*" || v.eq_ignore_ascii_case(value))
            })
        })
    }
}

/// A table of routes, a line each: method, path, the parameter that it needs if it needs one, the
/// operation's name, and its handler where it is modelled.
macro_rules! routes {
    ($($rest:tt)*) => { $crate::asm::route::lines! { @below ""; $($rest)* } };
}

/// The lines of a table, below a path that they have in common.
macro_rules! lines {
    (@below ""; below $base:literal; $($rest:tt)*) => {
        $crate::asm::route::lines! { @below $base; $($rest)* }
    };
    (@below $base:literal; $(
        $method:ident $path:literal $(if $key:literal = $value:literal)? : $operation:literal
            $(=> $handler:ident)?;
    )*) => {
        &[$($crate::asm::route::Route {
            method: stringify!($method),
            path: concat!($base, $path),
            query: $crate::asm::route::maybe!($(($key, $value))?),
            operation: $operation,
            handler: $crate::asm::route::maybe!($($handler)?),
        }),*]
    };
}

macro_rules! maybe {
    () => {
        None
    };
    ($it:expr) => {
        Some($it)
    };
}

pub(crate) use {lines, maybe, routes};
