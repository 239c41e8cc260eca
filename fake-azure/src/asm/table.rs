//! Which operation a method and path are: those that are modelled, and those that the real
//! service has and the simulator names in its 501.

use axum::http::Method;
use simulation::http::tables::{count, joined};
use simulation::http::{Found, Miss, Query, Router, Words};

use super::route::Route;
use super::{
    Refused, affinity_groups, data_disks, deployments, disks, extensions, gateways,
    hosted_services, images, ip_forwarding, load_balancers, management_certificates, network,
    network_configuration, operating_systems, other_services, reserved_ips, role_operations, roles,
    route_tables, security_groups, service_certificates, storage, subscription,
};

/// The tables of all resources. Routes with words stand before those with names in the same place.
const TABLES: &[&[Route]] = &[
    subscription::ROUTES,
    operating_systems::ROUTES,
    management_certificates::ROUTES,
    affinity_groups::ROUTES,
    hosted_services::ROUTES,
    service_certificates::ROUTES,
    deployments::ROUTES,
    roles::ROUTES,
    role_operations::ROUTES,
    data_disks::ROUTES,
    ip_forwarding::ROUTES,
    security_groups::ROUTES,
    route_tables::ROUTES,
    load_balancers::ROUTES,
    storage::ROUTES,
    images::ROUTES,
    disks::ROUTES,
    extensions::ROUTES,
    network_configuration::ROUTES,
    reserved_ips::ROUTES,
    gateways::ROUTES,
    network::ROUTES,
    other_services::ROUTES,
];

/// All operations that the simulator knows of.
pub(crate) static ROUTES: [Route; count(TABLES)] = joined(TABLES);

/// An operation of the API and whether the simulator models it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Modelled {
    /// The HTTP method.
    pub method: &'static str,
    /// The path after the subscription.
    pub path: &'static str,
    /// A parameter of the query that makes it this operation; `*` stands for any value.
    pub query: Option<(&'static str, &'static str)>,
    /// The operation's name in the documentation.
    pub operation: &'static str,
    /// False where the answer is 501.
    pub modelled: bool,
}

/// All operations that the simulator knows of.
pub fn operations() -> impl Iterator<Item = Modelled> {
    ROUTES.iter().map(|route| Modelled {
        method: route.method,
        path: route.path,
        query: route.query,
        operation: route.operation,
        modelled: route.handler.is_some(),
    })
}

/// Finds the operation of a request, with the names in its path.
pub(crate) fn find(
    method: &Method,
    path: &[String],
    query: &Query,
) -> Result<Found<Route>, Refused> {
    let router = Router::new(&ROUTES, Words::AnyCase);
    router.find(method, path, query).map_err(|miss| match miss {
        Miss::Query => Refused::query("the query does not tell which operation is meant"),
        Miss::Method => Refused::new(
            400,
            "InvalidHttpVerb",
            "The HTTP verb specified was not recognized by the server or isn't valid for this resource.",
        )
        .detail(method.as_str()),
        Miss::Path => Refused::resource(format!("the path /{} is unknown", path.join("/"))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation(
        method: &str,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<(&'static str, Vec<String>), Refused> {
        let path: Vec<String> = path
            .split('/')
            .filter(|w| !w.is_empty())
            .map(str::to_owned)
            .collect();
        let method = method.parse().unwrap();
        let query = query.iter().copied().collect();
        find(&method, &path, &query).map(|found| (found.route.operation, found.values))
    }

    #[test]
    fn paths_are_told_apart_without_case() {
        let (name, names) = operation(
            "POST",
            "/services/hostedservices/A/deployments/B/roleinstances/C/Operations",
            &[],
        )
        .unwrap();
        assert_eq!(name, "Operate Role");
        assert_eq!(names, ["A", "B", "C"]);
        let many = operation(
            "POST",
            "/services/hostedservices/A/deployments/B/Roles/Operations",
            &[],
        )
        .unwrap();
        assert_eq!(many.0, "Start Or Shutdown Roles");
        assert_eq!(
            operation("GET", "/services/networking/media", &[])
                .unwrap()
                .0,
            "Get Network Configuration"
        );
        assert_eq!(operation("GET", "/", &[]).unwrap().0, "Get Subscription");
    }

    #[test]
    fn a_wrong_verb_a_wrong_query_and_a_wrong_path_differ() {
        assert_eq!(
            operation("PATCH", "/locations", &[]).unwrap_err().code,
            "InvalidHttpVerb"
        );
        assert_eq!(
            operation("PUT", "/services", &[]).unwrap_err().code,
            "MissingOrInvalidRequiredQueryParameter"
        );
        assert_eq!(operation("GET", "/nowhere", &[]).unwrap_err().status, 404);
    }

    #[test]
    fn no_operation_stands_twice() {
        for (i, a) in ROUTES.iter().enumerate() {
            let twice = ROUTES[i + 1..]
                .iter()
                .any(|b| (a.method, a.path, a.query) == (b.method, b.path, b.query));
            assert!(!twice, "{} {}", a.method, a.path);
        }
    }

    /// Whether a path fits both, and if so, whether the first has words where they part.
    fn words_come_first(first: &str, then: &str) -> Option<bool> {
        let (a, b): (Vec<_>, Vec<_>) = (first.split('/').collect(), then.split('/').collect());
        let is_name = |part: &str| part.starts_with('{');
        // No name is empty, though some paths of the SDK's are between two slashes.
        let fit = |(a, b): (&&str, &&str)| {
            let is_one_a_name = is_name(a) && !b.is_empty() || is_name(b) && !a.is_empty();
            is_one_a_name || a.eq_ignore_ascii_case(b)
        };
        if a.len() != b.len() || !a.iter().zip(&b).all(fit) {
            return None;
        }
        let parting = a.iter().zip(&b).find(|(a, b)| is_name(a) != is_name(b));
        Some(parting.is_none_or(|(a, _)| !is_name(a)))
    }

    #[test]
    fn routes_with_words_stand_before_those_with_names_in_the_same_place() {
        for (i, a) in ROUTES.iter().enumerate() {
            for b in ROUTES[i + 1..].iter().filter(|b| b.method == a.method) {
                let first = words_come_first(a.path, b.path);
                assert_ne!(first, Some(false), "{} before {}", a.path, b.path);
            }
        }
    }

    #[test]
    fn each_route_is_found_by_its_own_path() {
        for route in &ROUTES {
            let query: Vec<_> = route.query.into_iter().collect();
            let (name, _) = operation(route.method, route.path, &query).unwrap();
            assert_eq!(name, route.operation, "{}", route.path);
        }
    }
}
