//! The routes of the engine, modelled or not.
//!
//! The table is that of API 1.51: what is in it and is not modelled answers 501, what is not in
//! it answers 404. A pattern has at most one variable, and the variable takes as much as it can,
//! slashes included, since image names have them.

use futures_util::future::{self, BoxFuture};
use hyper::Method;
use simulation::http::router::{self, Router, Words};
use simulation::http::{Found, Query};

use super::call::Call;
use super::{
    Outcome, build, containers, distribution, events, fault, images, networks, ping, plugins,
    registry_auth, swarm, system, volumes,
};

/// What answers on a route.
pub(crate) type Handler = for<'a> fn(&'a mut Call) -> BoxFuture<'a, Outcome>;

/// The pattern by which a container is started.
pub(super) const START: &str = "/containers/{id:.*}/start";

/// A method, a pattern and who answers.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) method: Method,
    pub(crate) pattern: &'static str,
    pub(crate) handler: Handler,
}

impl Route {
    /// The pattern as the journal tells it.
    pub(crate) fn told(&self) -> String {
        told(self.pattern)
    }
}

/// A pattern as the journal tells it.
pub(super) fn told(pattern: &str) -> String {
    pattern.replace(":.*}", "}")
}

impl router::Route for Route {
    fn pattern(&self) -> &str {
        self.pattern
    }

    fn takes(&self, method: &Method) -> bool {
        self.method == *method
    }
}

const fn on(method: Method, pattern: &'static str, handler: Handler) -> Route {
    Route {
        method,
        pattern,
        handler,
    }
}

/// The answer of a handler that does not wait.
fn now(outcome: Outcome) -> BoxFuture<'static, Outcome> {
    Box::pin(future::ready(outcome))
}

const GET: Method = Method::GET;
const HEAD: Method = Method::HEAD;
const POST: Method = Method::POST;
const PUT: Method = Method::PUT;
const DELETE: Method = Method::DELETE;

/// Every route; of two that fit, the first is taken.
static ROUTES: &[Route] = &[
    on(Method::OPTIONS, "/{any:.*}", |call| {
        now(Ok(system::options(call)))
    }),
    // The system.
    on(HEAD, "/_ping", |call| now(Ok(ping::head(call)))),
    on(GET, "/_ping", |call| now(Ok(ping::get(call)))),
    on(GET, "/version", |call| now(Ok(system::version(call)))),
    on(GET, "/info", |call| now(Ok(system::info(call)))),
    on(GET, "/system/df", |call| now(system::disk_usage(call))),
    on(GET, "/events", |call| now(events::events(call))),
    on(POST, "/auth", |call| Box::pin(registry_auth::login(call))),
    on(POST, "/session", |call| now(build::session(call))),
    on(POST, "/grpc", |call| now(build::calls(call))),
    on(GET, "/distribution/{name:.*}/json", |call| {
        Box::pin(distribution::inspect(call))
    }),
    // Containers.
    on(GET, "/containers/json", |call| {
        now(containers::list::list(call))
    }),
    on(GET, "/containers/{id:.*}/json", |call| {
        now(containers::inspect::inspect(call))
    }),
    on(GET, "/containers/{id:.*}/export", |call| {
        now(containers::files::export(call))
    }),
    on(GET, "/containers/{id:.*}/changes", |call| {
        now(containers::files::diff(call))
    }),
    on(GET, "/containers/{id:.*}/top", |call| {
        now(containers::top::top(call))
    }),
    on(GET, "/containers/{id:.*}/stats", |call| {
        Box::pin(containers::stats::stats(call))
    }),
    on(GET, "/containers/{id:.*}/attach/ws", |call| {
        now(containers::attach::attach_websocket(call))
    }),
    on(GET, "/containers/{id:.*}/archive", |call| {
        now(containers::files::get(call))
    }),
    on(GET, "/containers/{id:.*}/logs", |call| {
        now(containers::logs::logs(call))
    }),
    on(HEAD, "/containers/{id:.*}/archive", |call| {
        now(containers::files::head(call))
    }),
    on(PUT, "/containers/{id:.*}/archive", |call| {
        Box::pin(containers::files::put(call))
    }),
    on(POST, "/containers/create", |call| {
        Box::pin(containers::create::create(call))
    }),
    on(POST, "/containers/prune", |call| {
        now(containers::prune::prune(call))
    }),
    on(POST, "/containers/{id:.*}/kill", |call| {
        Box::pin(containers::change::kill(call))
    }),
    on(POST, "/containers/{id:.*}/restart", |call| {
        Box::pin(containers::change::restart(call))
    }),
    on(POST, START, |call| {
        Box::pin(containers::change::start(call))
    }),
    on(POST, "/containers/{id:.*}/stop", |call| {
        Box::pin(containers::change::stop(call))
    }),
    on(POST, "/containers/{id:.*}/pause", |call| {
        now(containers::change::pause(call))
    }),
    on(POST, "/containers/{id:.*}/unpause", |call| {
        now(containers::change::unpause(call))
    }),
    on(POST, "/containers/{id:.*}/resize", |call| {
        now(containers::change::resize(call))
    }),
    on(POST, "/containers/{id:.*}/rename", |call| {
        now(containers::change::rename(call))
    }),
    on(POST, "/containers/{id:.*}/wait", |call| {
        now(containers::wait::wait(call))
    }),
    on(POST, "/containers/{id:.*}/attach", |call| {
        now(containers::attach::attach(call))
    }),
    on(POST, "/containers/{id:.*}/exec", |call| {
        Box::pin(containers::exec::create(call))
    }),
    on(POST, "/containers/{id:.*}/update", |call| {
        Box::pin(containers::update::update(call))
    }),
    on(DELETE, "/containers/{id:.*}", |call| {
        Box::pin(containers::change::remove(call))
    }),
    on(GET, "/exec/{id:.*}/json", |call| {
        now(containers::exec::inspect(call))
    }),
    on(POST, "/exec/{id:.*}/start", |call| {
        Box::pin(containers::exec::start(call))
    }),
    on(POST, "/exec/{id:.*}/resize", |call| {
        now(containers::exec::resize(call))
    }),
    // Images.
    on(GET, "/images/json", |call| now(images::list::list(call))),
    on(GET, "/images/search", |call| {
        now(images::search::search(call))
    }),
    on(GET, "/images/get", |call| now(images::archives::save(call))),
    on(GET, "/images/{name:.*}/get", |call| {
        now(images::archives::save(call))
    }),
    on(GET, "/images/{name:.*}/history", |call| {
        now(images::history(call))
    }),
    on(GET, "/images/{name:.*}/json", |call| {
        now(images::inspect(call))
    }),
    on(POST, "/images/load", |call| {
        Box::pin(images::archives::load(call))
    }),
    on(POST, "/images/create", |call| {
        Box::pin(images::create::create(call))
    }),
    on(POST, "/images/prune", |call| {
        now(images::prune::prune(call))
    }),
    on(POST, "/images/{name:.*}/push", |call| {
        Box::pin(images::push::push(call))
    }),
    on(POST, "/images/{name:.*}/tag", |call| now(images::tag(call))),
    on(DELETE, "/images/{name:.*}", |call| {
        now(images::remove(call))
    }),
    on(POST, "/commit", |call| {
        Box::pin(images::commit::commit(call))
    }),
    on(POST, "/build", |call| Box::pin(build::build(call))),
    on(POST, "/build/prune", |call| now(build::prune(call))),
    on(POST, "/build/cancel", |call| now(build::cancel(call))),
    // Volumes.
    on(GET, "/volumes", |call| now(volumes::list(call))),
    on(POST, "/volumes/create", |call| {
        Box::pin(volumes::create(call))
    }),
    on(POST, "/volumes/prune", |call| now(volumes::prune(call))),
    on(GET, "/volumes/{name:.*}", |call| {
        now(volumes::inspect(call))
    }),
    on(DELETE, "/volumes/{name:.*}", |call| {
        now(volumes::delete(call))
    }),
    on(PUT, "/volumes/{name:.*}", |call| {
        now(Err(volumes::update(call)))
    }),
    // Networks.
    on(GET, "/networks", |call| now(networks::list(call))),
    on(GET, "/networks/", |call| now(networks::list(call))),
    on(POST, "/networks/create", |call| {
        Box::pin(networks::create(call))
    }),
    on(POST, "/networks/prune", |call| now(networks::prune(call))),
    on(POST, "/networks/{id:.*}/connect", |call| {
        Box::pin(networks::connect(call))
    }),
    on(POST, "/networks/{id:.*}/disconnect", |call| {
        Box::pin(networks::disconnect(call))
    }),
    on(GET, "/networks/{id:.*}", |call| {
        now(networks::inspect(call))
    }),
    on(DELETE, "/networks/{id:.*}", |call| {
        now(networks::delete(call))
    }),
    // Plugins.
    on(GET, "/plugins", |call| now(plugins::list(call))),
    on(GET, "/plugins/privileges", |call| now(plugins::pull(call))),
    on(POST, "/plugins/pull", |call| now(plugins::pull(call))),
    on(POST, "/plugins/create", |call| {
        now(Err(fault::not_modelled(call.route)))
    }),
    on(GET, "/plugins/{name:.*}/json", |call| {
        now(Err(plugins::missing(call)))
    }),
    on(DELETE, "/plugins/{name:.*}", |call| {
        now(Err(plugins::missing(call)))
    }),
    on(POST, "/plugins/{name:.*}/enable", |call| {
        now(Err(plugins::missing(call)))
    }),
    on(POST, "/plugins/{name:.*}/disable", |call| {
        now(Err(plugins::missing(call)))
    }),
    on(POST, "/plugins/{name:.*}/push", |call| {
        now(Err(plugins::missing(call)))
    }),
    on(POST, "/plugins/{name:.*}/set", |call| {
        now(Err(plugins::missing(call)))
    }),
    on(POST, "/plugins/{name:.*}/upgrade", |call| {
        now(Err(fault::not_modelled(call.route)))
    }),
    // The swarm that this engine is not in.
    on(GET, "/swarm", |call| now(Err(swarm::not_a_manager(call)))),
    on(POST, "/swarm/init", |call| Box::pin(swarm::enter(call))),
    on(POST, "/swarm/join", |call| Box::pin(swarm::enter(call))),
    on(POST, "/swarm/leave", |call| {
        now(Err(swarm::not_a_member(call)))
    }),
    on(POST, "/swarm/update", |call| {
        now(Err(swarm::not_a_manager(call)))
    }),
    on(GET, "/swarm/unlockkey", |call| {
        now(Err(swarm::not_a_manager(call)))
    }),
    on(POST, "/swarm/unlock", |call| {
        now(Err(fault::not_modelled(call.route)))
    }),
    on(GET, "/nodes", |call| now(Err(swarm::not_a_manager(call)))),
    on(GET, "/nodes/{id:.*}", |call| {
        now(Err(swarm::not_a_manager(call)))
    }),
    on(DELETE, "/nodes/{id:.*}", |call| {
        now(Err(swarm::not_a_manager(call)))
    }),
    on(POST, "/nodes/{id:.*}/update", |call| {
        now(Err(swarm::not_a_manager(call)))
    }),
    on(GET, "/services", |call| {
        now(Err(swarm::not_a_manager(call)))
    }),
    on(POST, "/services/create", |call| {
        now(Err(swarm::not_a_manager(call)))
    }),
    on(GET, "/services/{id:.*}/logs", |call| {
        now(Err(swarm::not_a_manager(call)))
    }),
    on(GET, "/services/{id:.*}", |call| {
        now(Err(swarm::not_a_manager(call)))
    }),
    on(DELETE, "/services/{id:.*}", |call| {
        now(Err(swarm::not_a_manager(call)))
    }),
    on(POST, "/services/{id:.*}/update", |call| {
        now(Err(swarm::not_a_manager(call)))
    }),
    on(GET, "/tasks", |call| now(Err(swarm::not_a_manager(call)))),
    on(GET, "/tasks/{id:.*}/logs", |call| {
        now(Err(swarm::not_a_manager(call)))
    }),
    on(GET, "/tasks/{id:.*}", |call| {
        now(Err(swarm::not_a_manager(call)))
    }),
    on(GET, "/secrets", |call| now(Err(swarm::not_a_manager(call)))),
    on(POST, "/secrets/create", |call| {
        now(Err(swarm::not_a_manager(call)))
    }),
    on(GET, "/secrets/{id:.*}", |call| {
        now(Err(swarm::not_a_manager(call)))
    }),
    on(DELETE, "/secrets/{id:.*}", |call| {
        now(Err(swarm::not_a_manager(call)))
    }),
    on(POST, "/secrets/{id:.*}/update", |call| {
        now(Err(swarm::not_a_manager(call)))
    }),
    on(GET, "/configs", |call| now(Err(swarm::not_a_manager(call)))),
    on(POST, "/configs/create", |call| {
        now(Err(swarm::not_a_manager(call)))
    }),
    on(GET, "/configs/{id:.*}", |call| {
        now(Err(swarm::not_a_manager(call)))
    }),
    on(DELETE, "/configs/{id:.*}", |call| {
        now(Err(swarm::not_a_manager(call)))
    }),
    on(POST, "/configs/{id:.*}/update", |call| {
        now(Err(swarm::not_a_manager(call)))
    }),
];

static ROUTER: Router<Route> = Router::new(ROUTES, Words::Exact);

/// Finds the route for a decoded path, with or without a version before it.
pub(super) fn find<'a>(
    method: &Method,
    path: &'a str,
    query: &Query,
) -> Option<(Found<Route>, Option<&'a str>)> {
    if let Some((version, rest)) = versioned(path)
        && let Ok(found) = ROUTER.find_path(method, rest, query)
    {
        return Some((found, Some(version)));
    }
    let found = ROUTER.find_path(method, path, query).ok()?;
    Some((found, None))
}

/// Whether the journal may call a route so.
pub(super) fn is_one(name: &str) -> bool {
    ROUTES.iter().any(|route| route.told() == name)
}

/// Cuts `/v1.51` off a path.
pub(super) fn versioned(path: &str) -> Option<(&str, &str)> {
    let (version, _) = path.strip_prefix("/v")?.split_once('/')?;
    let is_version = !version.is_empty()
        && version
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
    is_version.then(|| (version, &path[2 + version.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(method: &Method, path: &'static str) -> Option<(&'static str, &'static str)> {
        let (found, _) = find(method, path, &Query::default())?;
        let value = found.values.into_iter().next().unwrap_or_default();
        Some((found.route.pattern, value.leak()))
    }

    #[test]
    fn a_version_may_stand_before_the_path() {
        let query = Query::default();
        let (found, version) = find(&GET, "/v1.41/info", &query).unwrap();

        assert_eq!(version, Some("1.41"));
        assert_eq!(found.route.pattern, "/info");
        assert_eq!(find(&GET, "/info", &query).unwrap().1, None);
    }

    #[test]
    fn what_is_no_version_is_no_route() {
        for path in ["/vX/info", "/v/info", "/v1.41", "/v1.41/", "/v1.41info"] {
            assert!(found(&GET, path).is_none(), "{path}");
        }
    }

    #[test]
    fn a_variable_takes_slashes_too() {
        assert_eq!(
            found(&GET, "/v1.51/images/docker.io/library/a:1/json"),
            Some(("/images/{name:.*}/json", "docker.io/library/a:1"))
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
            Some(("/services/{id:.*}/logs", "s"))
        );
    }

    #[test]
    fn another_method_is_another_route() {
        assert!(found(&DELETE, "/info").is_none());
        assert!(found(&HEAD, "/info").is_none());
        assert!(found(&HEAD, "/_ping").is_some());
    }
}
