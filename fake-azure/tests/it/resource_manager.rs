//! The operations of Resource Manager, as docs/fidelity.md lists them, and how long requests may be.

use std::fmt::Write as _;
use std::path::Path;

use fake_azure::FakeAzure;

use crate::stage::{Answer, credentials};
use crate::today::{MANAGEMENT, Today};

const BEGIN: &str = "<!-- operations of Resource Manager: written by UPDATE_DOCS=1 cargo test -p fake-azure --test it resource_manager -->\n";
const END: &str = "<!-- end of operations -->";

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a document is written when its reader asks for it"
)]
fn the_operations_of_resource_manager_are_listed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/fidelity.md");
    let document = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = document.split_once(BEGIN).unwrap();
    let (listed, after) = rest.split_once(END).unwrap();
    let mut table = "| operation | request | how far |\n|---|---|---|\n".to_owned();
    let mut operations: Vec<_> = fake_azure::managed_operations().collect();
    operations.sort_by_key(|operation| (operation.operation, operation.path));
    operations.dedup_by_key(|operation| (operation.method, operation.path));
    for operation in operations {
        let far = if operation.modelled {
            "modelled"
        } else {
            "501"
        };
        writeln!(
            table,
            "| {} | `{} {}` | {far} |",
            operation.operation, operation.method, operation.path
        )
        .unwrap();
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
        return;
    }
    assert_eq!(
        listed, table,
        "run: UPDATE_DOCS=1 cargo test -p fake-azure --test it resource_manager"
    );
}

/// Templates are long: the service takes twice as much as classic Azure's.
#[tokio::test]
async fn a_request_may_have_four_mebibytes() {
    let today = Today::of(FakeAzure::builder().credentials(credentials())).await;
    let bearer = today.bearer(MANAGEMENT).await;
    let (root, us) = (
        today.azure.resource_manager_url(),
        today.azure.subscription_id(),
    );
    let url = format!("{root}/subscriptions/{us}/resourcegroups/g?api-version=2021-04-01");
    let ask = async |length: usize| {
        let body = r#"{"location": "westus"}"#;
        let body = format!("{body}{}", " ".repeat(length - body.len()));
        let request = today.client.put(&url).bearer_auth(&bearer).body(body);
        let request = request.header("content-type", "application/json");
        Answer::of(request.send().await.unwrap()).await
    };
    ask(4 << 20).await.is(201);
    let refused = ask((4 << 20) + 1).await;
    assert_eq!(refused.status, 413);
    assert_eq!(refused.json()["error"]["code"], "RequestContentTooLarge");
    assert_eq!(
        refused.json()["error"]["message"],
        "The request content size exceeds the maximum size of 4 MB."
    );
}
