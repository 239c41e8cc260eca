//! The page at the root of the admin port: what is here, for whoever opens it in a browser.

use std::fmt::Write as _;

use axum::extract::State;
use axum::response::Html;
use serde_json::Value;

use crate::cloud::Cloud;

/// What can be asked and told, with bodies that do something.
const ROUTES: &str = r#"<h2>To look at</h2>
<ul>
<li><a href="/_fake/world">GET /_fake/world</a>: the whole state</li>
<li><a href="/_fake/journal">GET /_fake/journal</a>: every exchange</li>
<li><a href="/_fake/faults">GET /_fake/faults</a>: what was arranged to go wrong, and what did</li>
<li><a href="/_fake/orphans">GET /_fake/orphans</a>: what nobody uses</li>
<li><a href="/_fake/snapshot">GET /_fake/snapshot</a>: the whole state, to be restored, with its secrets</li>
</ul>
<h2>To change</h2>
<ul>
<li><code>POST /_fake/advance {"seconds": 600}</code>: lets time pass</li>
<li><code>POST /_fake/break {"match": {"path": "/deployments$", "method": "POST"}, "when": "before",
"effect": {"status": 500, "code": "InternalError", "message": "on purpose"}}</code>: the next such call goes
wrong, once</li>
<li><code>POST /_fake/break {"clear": true}</code>: takes all faults back</li>
<li><code>POST /_fake/quota {"cores": 20}</code>: how much subscriptions may have</li>
<li><code>POST /_fake/approve {"user_code": "CODE"}</code>: signs a program in that shows this code</li>
<li><code>POST /_fake/reset</code> with <code>{}</code>: back to the start</li>
<li><code>POST /_fake/restore</code> with a snapshot: back to that</li>
</ul>
"#;

pub(super) async fn page(State(cloud): State<Cloud>) -> Html<String> {
    let world = cloud.act(|world, now| world.to_json(now));
    Html(written(&world))
}

fn written(world: &Value) -> String {
    let mut page = String::from(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>A simulated Azure</title>\n\
         <h1>A simulated Azure</h1>\n<p>Classic Azure on this machine, for tests: nothing here is real, and \
         nothing costs money.</p>\n",
    );
    let time = text(&world["now"]);
    // A string takes all that is written to it.
    _ = writeln!(
        page,
        "<p>Its time: {time}</p>\n<h2>Cloud services</h2>\n<ul>"
    );
    let mut count = 0;
    for subscription in list(&world["subscriptions"]) {
        for service in list(&subscription["hosted_services"]) {
            count += 1;
            _ = write!(page, "<li>{}", text(&service["public_name"]));
            let name = text(&service["name"]);
            for role in list(&service["deployment"]["roles"]) {
                let machine = text(&role["name"]);
                _ = write!(
                    page,
                    ": machine {machine} (<a href=\"/_fake/docker/{name}/{machine}/journal\">what its Docker engine was asked</a>)"
                );
            }
            page.push_str("</li>\n");
        }
    }
    if count == 0 {
        page.push_str("<li>none yet</li>\n");
    }
    page.push_str("</ul>\n");
    page.push_str(ROUTES);
    page
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// Text that a browser takes for text.
fn text(value: &Value) -> String {
    let text = value.as_str().unwrap_or_default();
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_text_to_a_browser() {
        let service = json!({"public_name": "<b>&", "name": "\"", "deployment": null});
        let world = json!({"now": "then", "subscriptions": [{"hosted_services": [service]}]});

        let page = written(&world);

        assert!(page.contains("<li>&lt;b&gt;&amp;</li>"), "{page}");
    }

    #[test]
    fn an_empty_world_says_so() {
        assert!(written(&json!({"subscriptions": []})).contains("<li>none yet</li>"));
    }
}
