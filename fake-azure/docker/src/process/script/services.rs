//! The services of the catalogue's images: programs that answer as their namesakes do.
//!
//! | program | what |
//! |---|---|
//! | `hello-world` | the greeting of the image of that name |
//! | `redis-server`, `redis-cli` and the same of Valkey | values in memory, and a client for them |
//! | `nginx` | files, answers and other servers over HTTP, by its configuration |

mod account;
mod hello;
mod nginx;
mod redis;
mod site;

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::process::{Process, Program, Programs};

/// The services, and other programs behind them.
#[derive(Clone)]
pub struct Services {
    others: Arc<dyn Programs>,
}

impl Services {
    /// The services, with other programs, such as a userland, behind them.
    pub fn before(others: Arc<dyn Programs>) -> Self {
        Self { others }
    }
}

impl fmt::Debug for Services {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Services")
            .field("others", &self.others)
            .finish_non_exhaustive()
    }
}

impl Programs for Services {
    fn declared(&self, path: Option<&str>, args: &[String]) -> Option<Arc<dyn Program>> {
        self.others.declared(path, args)
    }

    fn named(&self, name: &str) -> Option<Arc<dyn Program>> {
        Some(match name {
            "hello-world" => program(hello::run),
            "nginx" | "nginx-debug" => program(nginx::run),
            "redis-cli" | "valkey-cli" => program(redis::client),
            "redis-server" | "valkey-server" => program(redis::server),
            other => return self.others.named(other),
        })
    }
}

/// Makes a program of a function.
fn program<F, R>(function: F) -> Arc<dyn Program>
where
    F: Fn(Process) -> R + Send + Sync + 'static,
    R: Future<Output = u8> + Send + 'static,
{
    Arc::new(move |process: Process| -> BoxFuture<'static, u8> { Box::pin(function(process)) })
}
