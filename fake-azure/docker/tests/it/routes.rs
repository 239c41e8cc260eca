//! The published specification: every route it names is known.

use std::path::Path;

use fake_docker::Engine;

use crate::wire::ask;

const METHODS: [&str; 5] = ["get", "head", "post", "put", "delete"];

/// Reads methods and paths off the specification's outline.
fn routes(specification: &str) -> Vec<(String, String)> {
    let paths = specification.split_once("\npaths:\n").unwrap().1;
    let mut path = "";
    let mut routes = Vec::new();
    for line in paths.lines() {
        if let Some(named) = line.strip_prefix("  /").and_then(|l| l.strip_suffix(':')) {
            path = named;
        }
        let method = line.strip_prefix("    ").and_then(|l| l.strip_suffix(':'));
        if let Some(method) = method.filter(|method| METHODS.contains(method)) {
            routes.push((method.to_uppercase(), format!("/{path}")));
        }
    }
    routes
}

#[tokio::test]
async fn every_route_of_the_specification_is_modelled_or_refused_by_name() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = manifest.join("../../../shared/specs/docker-engine-v1.51.yaml");
    let Ok(specification) = std::fs::read_to_string(file) else {
        _ = std::io::Write::write_all(
            &mut std::io::stderr(),
            b"SKIPPED: no specification in ../shared/specs\n",
        )
        .ok();
        return;
    };
    let engine = Engine::builder().build();
    let routes = routes(&specification);
    assert!(routes.len() > 100, "only {} routes were read", routes.len());

    for (method, path) in routes {
        let mut target = path.replace("{id}", "nosuch").replace("{name}", "nosuch");
        if path == "/events" {
            // Whoever names no end follows them for ever.
            target.push_str("?until=1");
        }
        let answer = ask(&engine, &method, &format!("/v1.51{target}")).await;

        let says_why = method == "HEAD" || answer.status == 200 || {
            let message = answer.message();
            message != "page not found"
                && (answer.status != 501 || message.contains(&format!("{method} {path} is not")))
        };
        assert!(
            says_why && matches!(answer.status, 200 | 400 | 401 | 404 | 500 | 501 | 503),
            "{method} {path}: {answer:?}"
        );
    }
}
