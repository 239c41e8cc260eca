//! What a request is about, as rules of faults and the journal see it.

use axum::http::request::Parts;
use simulation::http::Query;
use simulation::http::target::decoded;

use super::{deployments, table};
use crate::cloud::Cloud;
use crate::skin::Meant;
use crate::world::SubscriptionId;
use crate::world::resource_manager::Kind;
use crate::world::resource_manager::deployment::DeploymentScope;
use crate::world::resource_manager::template::{self, Asked};

/// What a request is about. Fault rules match what follows the subscription.
pub(crate) fn meant(head: &Parts, _body: &[u8]) -> Meant {
    let whole = head.uri.path_and_query();
    let shown = whole.map(ToString::to_string).unwrap_or_default();
    let mut meant = Meant {
        path: below_subscription(&shown),
        shown,
        ..Meant::default()
    };
    let segments = segments(head.uri.path());
    let (path, is_above) = below(&segments);
    let found = table::find(&head.method, path, &Query::of(&head.uri), is_above);
    let Ok(found) = found else {
        return meant;
    };
    meant.operation = found.route.operation;
    let variables = found.route.path.split('/');
    let variables = variables.filter_map(|word| word.strip_prefix('{')?.strip_suffix('}'));
    let named: Vec<(&str, String)> = variables.zip(found.values).collect();
    let value = |wanted: &str| {
        let mut all = named.iter();
        all.find(|(name, _)| *name == wanted)
            .map(|(_, value)| value.as_str())
    };
    // Some routes are about resources of any kind, and their kind stands in the path.
    let any = || Kind::of(value("namespace")?, &[value("type")?]);
    let kind = found.route.kind.or_else(any);
    let is_machine = matches!(kind, Some(Kind::Machine | Kind::Extension));
    for (variable, value) in named {
        match variable {
            "group" => meant.names.push(("service", value)),
            "name" if is_machine => meant.names.push(("role", value)),
            _ => {}
        }
    }
    meant
}

/// The machines that a deployment makes, each as it would be asked for alone.
pub(crate) fn within(cloud: &Cloud, head: &Parts, body: &[u8]) -> Vec<Meant> {
    let segments = segments(head.uri.path());
    let (path, is_above) = below(&segments);
    let query = Query::of(&head.uri);
    let found = table::find(&head.method, path, &query, is_above);
    let (Ok(found), Some(subscription)) = (found, segments.get(1)) else {
        return Vec::new();
    };
    let mut values = found.values.into_iter();
    let group = match found.route.operation {
        deployments::PUT => values.next(),
        deployments::PUT_AT_SUBSCRIPTION => None,
        _ => return Vec::new(),
    };
    let (Some(name), Ok(body)) = (values.next(), super::document(body)) else {
        return Vec::new();
    };
    let asked = Asked {
        scope: DeploymentScope(group.as_deref()),
        name: &name,
        body: &body,
        now: cloud.now(),
        seed: "",
    };
    let subscription = SubscriptionId::new(subscription);
    let machines = cloud.look(|world| {
        let view = world.managed(&subscription);
        view.map(|view| template::machines(view, &asked))
            .unwrap_or_default()
    });
    let query = head.uri.query().unwrap_or_default();
    let machines = machines.into_iter().map(|machine| {
        let path = format!("{}?{query}", machine.id(&subscription));
        Meant {
            operation: PUT_MACHINE,
            path: below_subscription(&path),
            shown: path,
            names: vec![("service", machine.group), ("role", machine.name)],
        }
    });
    machines.collect()
}

/// The operation by which a machine is made alone.
pub(crate) const PUT_MACHINE: &str = "Create or Update Virtual Machine";

/// The segments of a path, decoded; doubled slashes are one.
pub(super) fn segments(path: &str) -> Vec<String> {
    path.split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| decoded(segment).into_owned())
        .collect()
}

/// The segments after the subscription; all of them, where they are above subscriptions.
pub(super) fn below(segments: &[String]) -> (&[String], bool) {
    match segments {
        [word, _, rest @ ..] if word.eq_ignore_ascii_case("subscriptions") => (rest, false),
        all => (all, true),
    }
}

/// The path after the subscription, or the whole where there is none.
fn below_subscription(path: &str) -> String {
    let trimmed = path.trim_start_matches('/');
    let rest = trimmed.split_once('/').and_then(|(first, rest)| {
        let is_subscription = first.eq_ignore_ascii_case("subscriptions");
        is_subscription.then(|| rest.find(['/', '?']).map_or("", |at| &rest[at..]))
    });
    match rest {
        Some(rest) if rest.starts_with('/') => rest.to_owned(),
        Some(rest) => format!("/{rest}"),
        None => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    #[test]
    fn rules_see_what_follows_the_subscription() {
        for (path, seen) in [
            (
                "/subscriptions/s/resourceGroups/g?x=1",
                "/resourceGroups/g?x=1",
            ),
            ("/Subscriptions/s", "/"),
            ("/subscriptions/s?api-version=1", "/?api-version=1"),
            (
                "/subscriptions?api-version=1",
                "/subscriptions?api-version=1",
            ),
            ("/tenants?api-version=1", "/tenants?api-version=1"),
        ] {
            assert_eq!(below_subscription(path), seen);
        }
    }

    #[test]
    fn rules_see_operation_group_and_machine() {
        let request = Request::builder().method("PUT").uri(
            "/subscriptions/s/resourcegroups/g/providers/microsoft.compute/virtualmachines/v?api-version=1",
        );
        let (head, ()) = request.body(()).unwrap().into_parts();
        let meant = meant(&head, b"");
        assert_eq!(meant.operation, "Create or Update Virtual Machine");
        assert_eq!(
            meant.names,
            [("service", "g".to_owned()), ("role", "v".to_owned())]
        );
    }

    #[test]
    fn rules_see_whose_tags_are_written() {
        let tags = "/providers/Microsoft.Resources/tags/default?api-version=1";
        let machine = ("role", "v".to_owned());
        for (of, has_machine) in [
            ("microsoft.compute/virtualmachines/v", true),
            ("Microsoft.Compute/virtualMachines/v/extensions/e", true),
            ("Microsoft.Compute/disks/v", false),
        ] {
            let path = format!("/subscriptions/s/resourcegroups/g/providers/{of}{tags}");
            let request = Request::builder().method("PATCH").uri(path);
            let (head, ()) = request.body(()).unwrap().into_parts();
            let meant = meant(&head, b"");
            assert_eq!(meant.operation, "Update Tags at Scope");
            assert_eq!(meant.names[0], ("service", "g".to_owned()));
            assert_eq!(meant.names.contains(&machine), has_machine, "{of}");
        }
    }
}
