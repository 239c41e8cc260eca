//! The registry: images over HTTP, for engines and for tools that push and pull by themselves.

mod api;
mod store;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use futures_util::future::BoxFuture;

pub use store::{Manifest, RegistryStore};

use self::api::Api;
use self::store::FileStore;
use super::daemon;
use crate::process::script::http_server::serve_http;
use crate::process::{Descriptor, Process, Program};

/// The longest body that is taken, in bytes: a layer in one piece.
const LONGEST_BODY: usize = 512 * 1024 * 1024;

/// The program.
pub(super) struct Registry {
    /// Where things are kept; in the container's files when nothing is said.
    store: Option<Arc<dyn RegistryStore>>,
}

impl Registry {
    pub(super) fn new(store: Option<Arc<dyn RegistryStore>>) -> Self {
        Self { store }
    }
}

impl Program for Registry {
    fn run(self: Arc<Self>, process: Process) -> BoxFuture<'static, u8> {
        Box::pin(run(process, self.store.clone()))
    }
}

async fn run(mut process: Process, store: Option<Arc<dyn RegistryStore>>) -> u8 {
    let words: Vec<&str> = process.args.iter().skip(1).map(String::as_str).collect();
    match words.as_slice() {
        ["--version" | "-v", ..] => {
            let words = "registry github.com/distribution/distribution/v3 v3.0.0\n";
            return u8::from(process.print(words).await.is_err());
        }
        ["garbage-collect", ..] => return 0,
        _ => {}
    }
    let variable = |name: &str| process.variable(name).map(str::to_owned);
    let address = variable("REGISTRY_HTTP_ADDR").unwrap_or_else(|| ":5000".to_owned());
    let port = address
        .rsplit(':')
        .next()
        .and_then(|port| port.parse().ok())
        .unwrap_or(5000);
    let root = variable("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY");
    let root = root.unwrap_or_else(|| "/var/lib/registry".to_owned());
    let deletes = variable("REGISTRY_STORAGE_DELETE_ENABLED").is_some_and(|value| value == "true");
    daemon::catch_ends(&process);
    let mut listeners = match daemon::listen(&process, &[port]) {
        Ok(listeners) => listeners,
        Err((_, errno)) => {
            log(
                &mut process,
                "fatal",
                &format!("listen tcp {address}: bind: {errno}"),
            )
            .await;
            return 1;
        }
    };
    let store = store.unwrap_or_else(|| {
        let files = process.space.files().clone();
        Arc::new(FileStore::new(files, process.user.clone(), &root))
    });
    log(&mut process, "info", "redis not configured").await;
    log(&mut process, "info", &format!("listening on [::]:{port}")).await;
    let api = Arc::new(Api::new(store, deletes));
    let out = process.descriptors.get(1).unwrap_or(Descriptor::Null);
    let clock = process.space.clock().clone();
    daemon::connections(&process, &mut listeners, |_, connection| {
        let (api, out, clock) = (api.clone(), out.clone(), clock.clone());
        Box::pin(async move {
            let stop = std::future::pending();
            serve_http(connection, LONGEST_BODY, stop, |request| {
                let (api, out, clock) = (api.clone(), out.clone(), clock.clone());
                async move {
                    let now = clock.now();
                    let response = api.answer(&request, now);
                    let line = format!(
                        "{} - - [{}] \"{} {} {}\" {} {} \"\" \"{}\"\n",
                        request.peer.ip(),
                        now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
                        request.method,
                        request.target(),
                        request.version,
                        response.status(),
                        response.length.unwrap_or_default(),
                        request.header("user-agent").unwrap_or_default(),
                    );
                    out.write(line.as_bytes(), now).await.ok();
                    response
                }
            })
            .await;
            None
        })
    })
    .await;
    2
}

async fn log(process: &mut Process, level: &str, text: &str) {
    let at = process.now().strftime("%Y-%m-%dT%H:%M:%S%.9fZ").to_string();
    let line = format!("time=\"{at}\" level={level} msg=\"{text}\" service=registry\n");
    process.complain(line).await;
}
