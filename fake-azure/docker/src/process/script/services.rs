//! The services of the catalogue's images: programs that answer as their namesakes do.
//!
//! | program | what |
//! |---|---|
//! | `gosu`, `su-exec` | a command as another user |
//! | `hello-world` | the greeting of the image of that name |
//! | `redis-server`, `redis-cli` and the same of Valkey | values in memory, and a client for them |
//! | `httpd` | files over HTTP, by the plainest of its settings |
//! | `postgres`, `psql`, `pg_isready` | a database that speaks a small SQL, and clients for it |
//! | `registry` | images over HTTP |
//! | `ryuk` | what test libraries leave behind is taken away |
//! | `traefik-whoami`, `http-echo`, `testcontainers-helloworld` | small answers over HTTP |
//! | `memcached` | values in memory by lines |
//! | `mysqld`, `mysql`, `mysqladmin` and the same of MariaDB | a database that speaks a small SQL, and clients for it |
//! | `nginx` | files, answers and other servers over HTTP, by its configuration |

mod daemon;
mod gosu;
mod hello;
mod helpers;
mod httpd;
mod memcached;
mod mysql;
mod nginx;
mod postgres;
mod redis;
mod registry;
mod ryuk;
mod secret;
mod site;
mod sql;
mod whoami;

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use futures_util::future::BoxFuture;

pub use registry::{Manifest, RegistryStore};
pub use ryuk::{Filter, Reaped, Reaper};

use self::registry::Registry;
use self::ryuk::Ryuk;
use crate::process::{Process, Program, Programs};

/// The services, and other programs behind them.
#[derive(Clone)]
pub struct Services {
    others: Arc<dyn Programs>,
    reaper: Option<Arc<dyn Reaper>>,
    registry: Option<Arc<dyn RegistryStore>>,
}

impl Services {
    /// The services, with other programs, such as a userland, behind them.
    pub fn before(others: Arc<dyn Programs>) -> Self {
        Self {
            others,
            reaper: None,
            registry: None,
        }
    }

    /// Says where registries keep their images; each keeps them in its own files otherwise.
    #[must_use]
    pub fn registry(mut self, store: Arc<dyn RegistryStore>) -> Self {
        self.registry = Some(store);
        self
    }

    /// Opens the engine's door to the reaper of test libraries.
    #[must_use]
    pub fn reaper(mut self, reaper: Arc<dyn Reaper>) -> Self {
        self.reaper = Some(reaper);
        self
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
            "gosu" | "su-exec" => program(gosu::run),
            "hello-world" => program(hello::run),
            "httpd" => program(httpd::run),
            "memcached" => program(memcached::run),
            "mysqld" | "mariadbd" => program(mysql::run),
            "mysql" | "mariadb" => program(mysql::client),
            "mysqladmin" | "mariadb-admin" => program(mysql::admin),
            "nginx" | "nginx-debug" => program(nginx::run),
            "redis-cli" | "valkey-cli" => program(redis::client),
            "redis-server" | "valkey-server" => program(redis::server),
            "pg_isready" => program(postgres::is_ready),
            "createdb" => program(postgres::create_database),
            "dropdb" => program(postgres::drop_database),
            "postgres" => program(postgres::run),
            "psql" => program(postgres::psql),
            "registry" => Arc::new(Registry::new(self.registry.clone())),
            "ryuk" => Arc::new(Ryuk::new(self.reaper.clone())),
            "traefik-whoami" => program(whoami::run),
            "http-echo" => program(whoami::echo),
            "testcontainers-helloworld" => program(whoami::helloworld),
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
