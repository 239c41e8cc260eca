//! What a request is about, as rules of faults see it.

use axum::http::request::Parts;
use simulation::faults::Call;
use simulation::http::Query;
use simulation::http::target::decoded;

use super::reader::{self, Element};
use super::table;

/// The path after the subscription, with its query.
pub(super) fn below_subscription(head: &Parts) -> String {
    let path = head.uri.path().trim_start_matches('/');
    let rest = path.split_once('/').map_or("", |(_, rest)| rest);
    match head.uri.query() {
        None => format!("/{rest}"),
        Some(query) => format!("/{rest}?{query}"),
    }
}

/// What a request is about; its path is told apart, since it lives longer.
pub(super) fn call<'a>(head: &'a Parts, path: &'a str, body: &[u8]) -> Call<'a> {
    let mut call = Call {
        method: head.method.as_str(),
        path,
        ..Call::default()
    };
    let below = path.split('?').next().unwrap_or_default();
    let segments: Vec<_> = below
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| decoded(segment).into_owned())
        .collect();
    let Ok(found) = table::find(&head.method, &segments, &Query::of(&head.uri)) else {
        return call;
    };
    call.operation = found.route.operation;
    let words = found.route.path.split('/');
    let variables = words.filter_map(|word| word.strip_prefix('{')?.strip_suffix('}'));
    for (variable, value) in variables.zip(found.values) {
        let word = match variable {
            "service" => "service",
            "role" => "role",
            _ => continue,
        };
        call.names.push((word, value));
    }
    if let Ok(document) = reader::any_document(body) {
        collect(&document, &mut call.names);
    }
    call
}

/// The names in a document: of the service that it makes, and of machines.
fn collect(document: &Element, names: &mut Vec<(&'static str, String)>) {
    if document.name() == "CreateHostedService"
        && let Some(name) = document.child("ServiceName")
    {
        names.extend(name.text().map(|name| ("service", name.to_owned())));
    }
    let mut open = vec![document];
    while let Some(element) = open.pop() {
        let is_list = element.name() == "Roles";
        for child in element.elements().unwrap_or_default() {
            let is_role = child.name() == "RoleName" || (is_list && child.name() == "Name");
            if is_role && let Ok(name) = child.text() {
                names.push(("role", name.to_owned()));
            }
            open.push(child);
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn told(method: &str, uri: &str, body: &str) -> (String, String, Vec<(&'static str, String)>) {
        let request = Request::builder().method(method).uri(uri);
        let (head, ()) = request.body(()).unwrap().into_parts();
        let path = below_subscription(&head);
        let call = call(&head, &path, body.as_bytes());
        (call.operation.to_owned(), path.clone(), call.names)
    }

    #[test]
    fn names_stand_in_paths_and_in_bodies() {
        let list = |names: &[(&'static str, &str)]| -> Vec<_> {
            names
                .iter()
                .map(|(word, name)| (*word, (*name).to_owned()))
                .collect()
        };
        let (operation, path, named) = told(
            "GET",
            "/sub/services/hostedservices/we%62/deployments/d/roles/db?x=1",
            "",
        );
        assert_eq!(operation, "Get Role");
        assert_eq!(
            path,
            "/services/hostedservices/we%62/deployments/d/roles/db?x=1"
        );
        assert_eq!(named, list(&[("service", "web"), ("role", "db")]));

        let xmlns = "xmlns=\"http://schemas.microsoft.com/windowsazure\"";
        let body = format!(
            "<CreateHostedService {xmlns}><ServiceName>web</ServiceName></CreateHostedService>"
        );
        let (operation, _, named) = told("POST", "/sub/services/hostedservices", &body);
        assert_eq!(operation, "Create Hosted Service");
        assert_eq!(named, list(&[("service", "web")]));

        let body = format!(
            "<Deployment {xmlns}><RoleList><Role><RoleName>a</RoleName></Role><Role><RoleName>b</RoleName></Role></RoleList></Deployment>"
        );
        let uri = "/sub/services/hostedservices/web/deployments";
        let (operation, _, mut named) = told("POST", uri, &body);
        named.sort();
        assert_eq!(operation, "Create Virtual Machine Deployment");
        assert_eq!(
            named,
            list(&[("role", "a"), ("role", "b"), ("service", "web")])
        );

        let body = format!(
            "<StartRolesOperation {xmlns}><OperationType>StartRolesOperation</OperationType><Roles><Name>a</Name></Roles></StartRolesOperation>"
        );
        let uri = "/sub/services/hostedservices/web/deployments/d/Roles/Operations";
        let (_, _, named) = told("POST", uri, &body);
        assert_eq!(named, list(&[("service", "web"), ("role", "a")]));

        let (operation, path, named) = told("GET", "/sub/nowhere", "<");
        assert_eq!((operation.as_str(), path.as_str()), ("", "/nowhere"));
        assert!(named.is_empty());
    }
}
