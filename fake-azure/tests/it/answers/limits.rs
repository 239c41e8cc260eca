//! What the simulator does not model.

use super::recordings::Exchange;

/// Why an exchange is not replayed.
pub(crate) fn beyond(exchange: &Exchange) -> Option<&'static str> {
    if exchange.path.is_none() {
        return Some("the storage accounts' own API, where blobs lie");
    }
    // Machines' deployments say what kind of role each is; those of packages do not.
    let deployment = exchange.body.contains("<RoleInstanceList");
    if deployment && !exchange.body.contains("<RoleType>PersistentVMRole<") {
        return Some("web and worker roles, deployed from packages");
    }
    if exchange.body.contains("$$%10</Name>") && exchange.body.contains("<State>Creating</State>") {
        return Some("networks that never come into being for their names");
    }
    if exchange.body.contains("/etc/default/docker") {
        return Some("the Docker extension in systems that are not Ubuntu");
    }
    None
}
