//! The routes of the engine, modelled or not.
//!
//! The table is that of API 1.51: what is in it and has no handler answers 501, what
//! is not in it answers 404. A pattern has at most one variable, and the variable takes
//! as much as it can, slashes included, since image names have them.

use hyper::Method;

use super::answer::Answer;
use super::fault::Fault;
use super::{Call, Outcome, containers, images, networks, ping, plugins, swarm, system, volumes};

/// Who answers on a route.
#[derive(Debug)]
pub(super) enum Handler {
    /// Nothing can be wrong with the request.
    Sure(fn(&Call<'_>) -> Answer),
    Fallible(fn(&Call<'_>) -> Outcome),
    /// What the request names is never there.
    Refusal(fn(&Call<'_>) -> Fault),
    /// The real engine has this route and this one does not model it.
    Later,
}

/// A method, a pattern and who answers.
#[derive(Debug)]
pub(super) struct Route {
    pub(super) method: Method,
    pub(super) pattern: &'static str,
    pub(super) handler: Handler,
}

/// A route with what a path says about it.
#[derive(Debug)]
pub(super) struct Found<'a> {
    pub(super) route: &'static Route,
    pub(super) name: &'a str,
    pub(super) version: Option<&'a str>,
}

const fn route(method: Method, pattern: &'static str, handler: Handler) -> Route {
    Route {
        method,
        pattern,
        handler,
    }
}

const fn sure(method: Method, pattern: &'static str, answer: fn(&Call<'_>) -> Answer) -> Route {
    route(method, pattern, Handler::Sure(answer))
}

const fn on(method: Method, pattern: &'static str, answer: fn(&Call<'_>) -> Outcome) -> Route {
    route(method, pattern, Handler::Fallible(answer))
}

const fn no(method: Method, pattern: &'static str, refuse: fn(&Call<'_>) -> Fault) -> Route {
    route(method, pattern, Handler::Refusal(refuse))
}

const fn later(method: Method, pattern: &'static str) -> Route {
    route(method, pattern, Handler::Later)
}

const GET: Method = Method::GET;
const HEAD: Method = Method::HEAD;
const POST: Method = Method::POST;
const PUT: Method = Method::PUT;
const DELETE: Method = Method::DELETE;

/// Every route; of two that fit, the first is taken.
static ROUTES: &[Route] = &[
    sure(Method::OPTIONS, "/{any}", system::options),
    // The system.
    sure(HEAD, "/_ping", ping::head),
    sure(GET, "/_ping", ping::get),
    sure(GET, "/version", system::version),
    sure(GET, "/info", system::info),
    on(GET, "/system/df", system::disk_usage),
    later(GET, "/events"),
    later(POST, "/auth"),
    later(POST, "/session"),
    later(POST, "/grpc"),
    later(GET, "/distribution/{name}/json"),
    // Containers.
    on(GET, "/containers/json", containers::list),
    no(GET, "/containers/{id}/json", containers::missing),
    no(GET, "/containers/{id}/export", containers::missing),
    no(GET, "/containers/{id}/changes", containers::missing),
    no(GET, "/containers/{id}/top", containers::missing),
    no(GET, "/containers/{id}/logs", containers::missing),
    no(GET, "/containers/{id}/stats", containers::missing),
    no(GET, "/containers/{id}/attach/ws", containers::missing),
    no(GET, "/containers/{id}/archive", containers::missing),
    no(HEAD, "/containers/{id}/archive", containers::missing),
    no(PUT, "/containers/{id}/archive", containers::missing),
    later(POST, "/containers/create"),
    later(POST, "/containers/prune"),
    no(POST, "/containers/{id}/kill", containers::missing),
    no(POST, "/containers/{id}/pause", containers::missing),
    no(POST, "/containers/{id}/unpause", containers::missing),
    no(POST, "/containers/{id}/restart", containers::missing),
    no(POST, "/containers/{id}/start", containers::missing),
    no(POST, "/containers/{id}/stop", containers::missing),
    no(POST, "/containers/{id}/wait", containers::missing),
    no(POST, "/containers/{id}/resize", containers::missing),
    no(POST, "/containers/{id}/attach", containers::missing),
    no(POST, "/containers/{id}/exec", containers::missing),
    no(POST, "/containers/{id}/rename", containers::missing),
    no(POST, "/containers/{id}/update", containers::missing),
    no(DELETE, "/containers/{id}", containers::missing),
    no(GET, "/exec/{id}/json", containers::missing_exec),
    no(POST, "/exec/{id}/start", containers::missing_exec),
    no(POST, "/exec/{id}/resize", containers::missing_exec),
    // Images.
    on(GET, "/images/json", images::list),
    later(GET, "/images/search"),
    later(GET, "/images/get"),
    later(GET, "/images/{name}/get"),
    no(GET, "/images/{name}/history", images::missing),
    no(GET, "/images/{name}/json", images::missing),
    later(POST, "/images/load"),
    later(POST, "/images/create"),
    later(POST, "/images/prune"),
    later(POST, "/images/{name}/push"),
    no(POST, "/images/{name}/tag", images::missing),
    no(DELETE, "/images/{name}", images::missing_to_delete),
    later(POST, "/commit"),
    later(POST, "/build"),
    later(POST, "/build/prune"),
    later(POST, "/build/cancel"),
    // Volumes.
    on(GET, "/volumes", volumes::list),
    later(POST, "/volumes/create"),
    later(POST, "/volumes/prune"),
    no(GET, "/volumes/{name}", volumes::missing),
    no(DELETE, "/volumes/{name}", volumes::missing),
    later(PUT, "/volumes/{name}"),
    // Networks.
    on(GET, "/networks", networks::list),
    on(GET, "/networks/", networks::list),
    later(POST, "/networks/create"),
    later(POST, "/networks/prune"),
    no(POST, "/networks/{id}/connect", networks::member),
    no(POST, "/networks/{id}/disconnect", networks::member),
    on(GET, "/networks/{id}", networks::inspect),
    no(DELETE, "/networks/{id}", networks::delete),
    // Plugins.
    on(GET, "/plugins", plugins::list),
    later(GET, "/plugins/privileges"),
    later(POST, "/plugins/pull"),
    later(POST, "/plugins/create"),
    no(GET, "/plugins/{name}/json", plugins::missing),
    no(DELETE, "/plugins/{name}", plugins::missing),
    no(POST, "/plugins/{name}/enable", plugins::missing),
    no(POST, "/plugins/{name}/disable", plugins::missing),
    no(POST, "/plugins/{name}/push", plugins::missing),
    no(POST, "/plugins/{name}/set", plugins::missing),
    later(POST, "/plugins/{name}/upgrade"),
    // The swarm that this engine is not in.
    no(GET, "/swarm", swarm::not_a_manager),
    later(POST, "/swarm/init"),
    later(POST, "/swarm/join"),
    no(POST, "/swarm/leave", swarm::not_a_member),
    no(POST, "/swarm/update", swarm::not_a_manager),
    no(GET, "/swarm/unlockkey", swarm::not_a_manager),
    later(POST, "/swarm/unlock"),
    no(GET, "/nodes", swarm::not_a_manager),
    no(GET, "/nodes/{id}", swarm::not_a_manager),
    no(DELETE, "/nodes/{id}", swarm::not_a_manager),
    no(POST, "/nodes/{id}/update", swarm::not_a_manager),
    no(GET, "/services", swarm::not_a_manager),
    no(POST, "/services/create", swarm::not_a_manager),
    no(GET, "/services/{id}/logs", swarm::not_a_manager),
    no(GET, "/services/{id}", swarm::not_a_manager),
    no(DELETE, "/services/{id}", swarm::not_a_manager),
    no(POST, "/services/{id}/update", swarm::not_a_manager),
    no(GET, "/tasks", swarm::not_a_manager),
    no(GET, "/tasks/{id}/logs", swarm::not_a_manager),
    no(GET, "/tasks/{id}", swarm::not_a_manager),
    no(GET, "/secrets", swarm::not_a_manager),
    no(POST, "/secrets/create", swarm::not_a_manager),
    no(GET, "/secrets/{id}", swarm::not_a_manager),
    no(DELETE, "/secrets/{id}", swarm::not_a_manager),
    no(POST, "/secrets/{id}/update", swarm::not_a_manager),
    no(GET, "/configs", swarm::not_a_manager),
    no(POST, "/configs/create", swarm::not_a_manager),
    no(GET, "/configs/{id}", swarm::not_a_manager),
    no(DELETE, "/configs/{id}", swarm::not_a_manager),
    no(POST, "/configs/{id}/update", swarm::not_a_manager),
];

/// Finds the route for a decoded path, with or without a version before it.
pub(super) fn find<'a>(method: &Method, path: &'a str) -> Option<Found<'a>> {
    if let Some((version, rest)) = versioned(path)
        && let Some((route, name)) = lookup(method, rest)
    {
        return Some(Found {
            route,
            name,
            version: Some(version),
        });
    }
    lookup(method, path).map(|(route, name)| Found {
        route,
        name,
        version: None,
    })
}

fn lookup<'a>(method: &Method, path: &'a str) -> Option<(&'static Route, &'a str)> {
    ROUTES
        .iter()
        .filter(|route| route.method == *method)
        .find_map(|route| Some((route, fit(route.pattern, path)?)))
}

/// Cuts `/v1.51` off a path.
fn versioned(path: &str) -> Option<(&str, &str)> {
    let (version, _) = path.strip_prefix("/v")?.split_once('/')?;
    let is_version = !version.is_empty()
        && version
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
    is_version.then(|| (version, &path[2 + version.len()..]))
}

/// Returns what the variable of `pattern` stands for in `path`, if the two fit.
fn fit<'a>(pattern: &str, path: &'a str) -> Option<&'a str> {
    let Some((before, rest)) = pattern.split_once('{') else {
        return (pattern == path).then_some("");
    };
    let (_, after) = rest.split_once('}')?;
    path.strip_prefix(before)?.strip_suffix(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(method: &Method, path: &'static str) -> Option<(&'static str, &'static str)> {
        find(method, path).map(|found| (found.route.pattern, found.name))
    }

    #[test]
    fn a_version_may_stand_before_the_path() {
        let versioned = find(&GET, "/v1.41/info").unwrap();

        assert_eq!(versioned.version, Some("1.41"));
        assert_eq!(versioned.route.pattern, "/info");
        assert_eq!(find(&GET, "/info").unwrap().version, None);
    }

    #[test]
    fn what_is_no_version_is_no_route() {
        for path in ["/vX/info", "/v/info", "/v1.41", "/v1.41/", "/v1.41info"] {
            assert!(find(&GET, path).is_none(), "{path}");
        }
    }

    #[test]
    fn a_variable_takes_slashes_too() {
        assert_eq!(
            found(&GET, "/v1.51/images/docker.io/library/a:1/json"),
            Some(("/images/{name}/json", "docker.io/library/a:1"))
        );
    }

    #[test]
    fn a_fixed_route_goes_before_one_with_a_variable() {
        assert_eq!(
            found(&POST, "/containers/prune"),
            Some(("/containers/prune", ""))
        );
        assert_eq!(found(&GET, "/images/json"), Some(("/images/json", "")));
        assert_eq!(
            found(&GET, "/services/s/logs"),
            Some(("/services/{id}/logs", "s"))
        );
    }

    #[test]
    fn another_method_is_another_route() {
        assert!(find(&DELETE, "/info").is_none());
        assert!(find(&HEAD, "/info").is_none());
        assert!(find(&HEAD, "/_ping").is_some());
    }
}
