//! nginx: files of the container, answers and other servers over HTTP.

mod answer;
mod config;
mod directive;
mod known;
mod master;
mod proxy;
#[cfg(test)]
mod tests;
mod variables;

use self::config::{Action, Config, Location};
use self::directive::Wrong;
use self::master::{Master, line};
use crate::process::{Process, Signal};

/// The version where the image's environment does not tell it.
const VERSION: &str = "1.29.1";

/// What the command line asks for.
#[derive(Debug, Default)]
struct Options {
    file: Option<String>,
    globals: String,
    test: bool,
    dump: bool,
    quiet: bool,
    signal: Option<String>,
}

/// Runs nginx by its command line.
pub(super) async fn run(mut process: Process) -> u8 {
    let version = version(&process);
    let options = match options(&process.args) {
        Ok(options) => options,
        Err(Asked::Version) => {
            process
                .complain(format!("nginx version: nginx/{version}\n"))
                .await;
            return 0;
        }
        Err(Asked::Help) => {
            let words = format!(
                "nginx version: nginx/{version}\nUsage: nginx [-?hvVtTq] [-s signal] [-p prefix]\n\
                 \x20            [-e filename] [-c filename] [-g directives]\n"
            );
            process.complain(words).await;
            return 0;
        }
        Err(Asked::Nonsense(word)) => {
            process
                .complain(format!("nginx: invalid option: \"{word}\"\n"))
                .await;
            return 1;
        }
    };
    let file = options.file.as_deref().unwrap_or("/etc/nginx/nginx.conf");
    let config = match read(&process, file, &options.globals) {
        Ok(config) => config,
        Err(Wrong(problem)) => {
            let now = process.now();
            let words = format!("nginx: [emerg] {problem}\n");
            process
                .complain(line(now, "emerg", process.pid, &problem))
                .await;
            process.complain(words).await;
            if options.test {
                let words = format!("nginx: configuration file {file} test failed\n");
                process.complain(words).await;
            }
            return 1;
        }
    };
    if let Some(signal) = &options.signal {
        return send(&mut process, &config, signal).await;
    }
    if let Some(ignored) = config
        .user_ignored
        .as_ref()
        .filter(|_| !process.user.is_root())
    {
        let now = process.now();
        let words = line(now, "warn", process.pid, ignored);
        process.complain(words).await;
        process.complain(format!("nginx: [warn] {ignored}\n")).await;
    }
    if let Err(problem) = master::make_temporary(&process, &config) {
        let now = process.now();
        let words = line(now, "emerg", process.pid, &problem);
        process.complain(words).await;
        process
            .complain(format!("nginx: [emerg] {problem}\n"))
            .await;
        if options.test {
            let words = format!("nginx: configuration file {file} test failed\n");
            process.complain(words).await;
        }
        return 1;
    }
    if options.test {
        if !options.quiet {
            let words = format!(
                "nginx: the configuration file {file} syntax is ok\n\
                 nginx: configuration file {file} test is successful\n"
            );
            process.complain(words).await;
        }
        if options.dump
            && let Ok(content) = process.space.files().read(file, &process.user)
        {
            let head = format!("# configuration file {file}:\n");
            let all = [head.as_bytes(), &content, b"\n"].concat();
            process.print(all).await.ok();
        }
        return 0;
    }
    let daemon = config.daemon;
    let master = move |process| Box::pin(Master::run(process, config, options, version));
    if !daemon {
        return master(process).await;
    }
    match process.fork(master) {
        Ok(_) => 0,
        Err(_) => 1,
    }
}

enum Asked {
    Version,
    Help,
    Nonsense(String),
}

fn options(args: &[String]) -> Result<Options, Asked> {
    let mut options = Options::default();
    let mut args = args.iter().skip(1);
    while let Some(word) = args.next() {
        let nonsense = || Asked::Nonsense(word.clone());
        let flags = word.strip_prefix('-').filter(|flags| !flags.is_empty());
        let flags = flags.ok_or_else(nonsense)?;
        for (at, flag) in flags.char_indices() {
            match flag {
                'v' | 'V' => return Err(Asked::Version),
                'h' | '?' => return Err(Asked::Help),
                't' => options.test = true,
                'T' => (options.test, options.dump) = (true, true),
                'q' => options.quiet = true,
                'c' | 'g' | 's' | 'p' | 'e' => {
                    let rest = &flags[at + 1..];
                    let value = if rest.is_empty() {
                        args.next().cloned()
                    } else {
                        Some(rest.to_owned())
                    };
                    let value = value.ok_or_else(nonsense)?;
                    match flag {
                        'c' => options.file = Some(value),
                        'g' => options.globals = value,
                        's' => options.signal = Some(value),
                        _ => {}
                    }
                    break;
                }
                _ => return Err(nonsense()),
            }
        }
    }
    Ok(options)
}

fn version(process: &Process) -> String {
    process
        .variable("NGINX_VERSION")
        .unwrap_or(VERSION)
        .to_owned()
}

/// Reads the configuration and looks for the servers that it names.
fn read(process: &Process, file: &str, globals: &str) -> Result<Config, Wrong> {
    let directives = directive::read(process.space.files(), file, globals)?;
    let config = Config::of(&directives)?;
    for server in &config.servers {
        check_hosts(process, &config, &server.locations)?;
    }
    Ok(config)
}

/// A server that is named and not known keeps nginx from starting.
fn check_hosts(process: &Process, config: &Config, locations: &[Location]) -> Result<(), Wrong> {
    for location in locations {
        if let Action::Proxy(to) = &location.action
            && let Some(rest) = to.strip_prefix("http://")
            && !to.contains('$')
        {
            let authority = rest.split('/').next().unwrap_or(rest);
            let servers = match config.upstreams.get(authority) {
                Some(servers) => servers.clone(),
                None => vec![authority.to_owned()],
            };
            for server in servers {
                let host = server
                    .rsplit_once(':')
                    .map_or(server.as_str(), |(host, _)| host);
                let known = host.parse::<std::net::IpAddr>().is_ok()
                    || !process.space.network().resolve(host).is_empty();
                if !known {
                    return Err(Wrong(format!("host not found in upstream \"{host}\"")));
                }
            }
        }
        check_hosts(process, config, &location.inner)?;
    }
    Ok(())
}

/// Sends a signal to the nginx that runs, as `-s` asks.
async fn send(process: &mut Process, config: &Config, name: &str) -> u8 {
    let signal = match name {
        "stop" => Signal::TERM,
        "quit" => Signal::QUIT,
        "reload" => Signal::HUP,
        "reopen" => Signal::USR1,
        other => {
            process
                .complain(format!("nginx: invalid option: \"-s {other}\"\n"))
                .await;
            return 1;
        }
    };
    let content = process.space.files().read(&config.pid, &process.user);
    let pid = match &content {
        Ok(content) => std::str::from_utf8(content)
            .ok()
            .and_then(|text| text.trim().parse().ok()),
        Err(errno) => {
            let words = format!(
                "nginx: [error] open() \"{}\" failed ({}: {errno})\n",
                config.pid,
                errno.number()
            );
            process.complain(words).await;
            return 1;
        }
    };
    let sent = pid.is_some_and(|pid| process.space.signal(pid, signal, false));
    if !sent {
        let words = format!(
            "nginx: [error] invalid PID number \"\" in \"{}\"\n",
            config.pid
        );
        process.complain(words).await;
        return 1;
    }
    // The signal may have ended this process's world; whoever is still there goes on.
    tokio::task::yield_now().await;
    0
}
