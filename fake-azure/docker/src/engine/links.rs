//! Links between containers on the engine's own bridge, from before networks had names.

use super::port_wish::{self, ContainerPort};
use crate::fault::Fault;
use crate::state::State;
use crate::state::container::Container;
use crate::state::host_files::Link;
use crate::state::network::DEFAULT;
use crate::state::network::mode::NetworkMode;

/// A container that another one is linked to.
#[derive(Debug)]
pub(super) struct Linked<'a> {
    /// How `/etc/hosts` tells it.
    pub(super) link: Link,
    /// The container.
    other: &'a Container,
}

/// The containers that a container is linked to.
///
/// # Errors
/// When one of them does not run, or is not on the engine's bridge.
pub(super) fn of<'a>(state: &'a State, container: &Container) -> Result<Vec<Linked<'a>>, Fault> {
    let mut links = Vec::new();
    if NetworkMode(&container.host.network_mode).is_user_defined() {
        return Ok(links);
    }
    for link in container.host.links.iter().flatten() {
        // `name:alias`, or `/name:/container/alias` as an inspection shows it.
        let (name, alias) = link.split_once(':').unwrap_or((link, link));
        let alias = alias.rsplit('/').next().unwrap_or(alias);
        let found = state.containers.find(name.trim_start_matches('/'));
        let Some(other) = found.ok().and_then(|id| state.containers.get(id)) else {
            continue;
        };
        if !other.is_running() {
            return Err(Fault::Internal(format!(
                "Cannot link to a non running container: /{} AS /{}/{alias}",
                other.name, container.name
            )));
        }
        let place = other.networks.get(DEFAULT);
        let address = place.and_then(|place| place.ip_address.parse().ok());
        let Some(address) = address else {
            return Err(Fault::Internal(format!(
                "Cannot link to /{}, as it does not belong to the default network",
                other.name
            )));
        };
        let link = Link {
            address,
            alias: alias.to_owned(),
            name: other.name.clone(),
            hostname: other.host_name.clone(),
        };
        links.push(Linked { link, other });
    }
    Ok(links)
}

/// What the environment of a container tells of those that it is linked to.
pub(super) fn environment(container: &Container, links: &[Linked<'_>]) -> Vec<String> {
    let all = links.iter().flat_map(|linked| lines(container, linked));
    all.collect()
}

fn lines(container: &Container, linked: &Linked<'_>) -> Vec<String> {
    let Link { address, alias, .. } = &linked.link;
    let prefix = alias.to_ascii_uppercase().replace('-', "_");
    let mut lines = Vec::new();
    let ports = port_wish::exposed(linked.other);
    if let Some(ContainerPort { number, protocol }) = ports.first() {
        lines.push(format!("{prefix}_PORT={protocol}://{address}:{number}"));
    }
    for ContainerPort { number, protocol } in ports {
        let upper = protocol.to_string().to_ascii_uppercase();
        let port = format!("{prefix}_PORT_{number}_{upper}");
        lines.push(format!("{port}={protocol}://{address}:{number}"));
        lines.push(format!("{port}_ADDR={address}"));
        lines.push(format!("{port}_PORT={number}"));
        lines.push(format!("{port}_PROTO={protocol}"));
    }
    lines.push(format!("{prefix}_NAME=/{}/{alias}", container.name));
    for entry in linked.other.config.env.iter().flatten() {
        if let Some((name, _)) = entry.split_once('=')
            && !matches!(name, "HOME" | "PATH")
        {
            lines.push(format!("{prefix}_ENV_{entry}"));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::state::container::Status;
    use crate::state::networks::tests::container;

    fn state() -> State {
        let mut state = State::new(7, Timestamp::UNIX_EPOCH);
        let mut db = container(state.fresh_id(), "db", "bridge");
        db.config.env = Some(vec!["FOO=1".to_owned(), "PATH=/bin".to_owned()]);
        db.config.exposed_ports =
            serde_json::from_value(serde_json::json!({"5432/tcp": {}})).unwrap();
        let mut fresh = || crate::state::id::ObjectId::new([9; 32]);
        state.networks.join(&mut db, &mut fresh).unwrap();
        db.state.status = Status::Running;
        state.containers.insert(db);
        state
    }

    fn linked(state: &mut State, link: &str) -> Container {
        let mut made = container(state.fresh_id(), "web", "bridge");
        made.host.links = Some(vec![link.to_owned()]);
        made
    }

    #[test]
    fn the_environment_tells_ports_name_and_environment_of_who_is_linked() {
        let mut state = state();
        let web = linked(&mut state, "db:my-db");
        let links = of(&state, &web).unwrap();
        assert_eq!(links[0].link.alias, "my-db");
        assert_eq!(
            environment(&web, &links),
            [
                "MY_DB_PORT=tcp://172.17.0.2:5432",
                "MY_DB_PORT_5432_TCP=tcp://172.17.0.2:5432",
                "MY_DB_PORT_5432_TCP_ADDR=172.17.0.2",
                "MY_DB_PORT_5432_TCP_PORT=5432",
                "MY_DB_PORT_5432_TCP_PROTO=tcp",
                "MY_DB_NAME=/web/my-db",
                "MY_DB_ENV_FOO=1",
            ]
        );
    }

    #[test]
    fn a_link_may_be_written_as_an_inspection_shows_it() {
        let mut state = state();
        let web = linked(&mut state, "/db:/web/store");
        let links = of(&state, &web).unwrap();
        assert_eq!(links[0].link.alias, "store");
        assert_eq!(links[0].link.name, "db");
    }

    #[test]
    fn who_does_not_run_cannot_be_linked_to() {
        let mut state = state();
        let web = linked(&mut state, "db");
        let id = state.containers.named("db").unwrap();
        state.containers.get_mut(id).unwrap().state.status = Status::Exited;
        let refused = of(&state, &web).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "Cannot link to a non running container: /db AS /web/db"
        );
    }
}
