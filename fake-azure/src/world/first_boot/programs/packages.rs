//! What brings packages: `apt`, `dnf` and others, `apk`, `zypper`, `snap`, `dpkg`.

use std::sync::Arc;

use fake_docker::files::Credentials;
use fake_docker::process::Process;
use fake_docker::process::program::image_of;

use super::super::host::{Host, Note};
use super::super::machine::Image;
use super::{called, say};

/// The packages that Docker comes in.
const DOCKER: &[&str] = &[
    "docker",
    "docker-ce",
    "docker-engine",
    "docker.io",
    "moby-engine",
];

/// What a package's name is without version, release and architecture.
fn bare(word: &str) -> &str {
    let end = word.find(['=', '/', ':']).unwrap_or(word.len());
    word[..end].trim_end_matches('+')
}

/// The operands of a command line; options and what belongs to them are left out.
fn operands(args: &[String], with_value: &[&str]) -> Vec<String> {
    let mut operands = Vec::new();
    let mut args = args.iter().skip(1);
    while let Some(word) = args.next() {
        if with_value.contains(&word.as_str()) {
            args.next();
        } else if !word.starts_with('-') || word == "-" {
            operands.push(word.clone());
        }
    }
    operands
}

/// Whether a command line says that nobody is to be asked.
fn is_unasked(args: &[String]) -> bool {
    args.iter().any(|word| {
        let letters = word.strip_prefix('-').filter(|rest| !rest.starts_with('-'));
        let has = |letter: &str, most: usize| {
            letters.is_some_and(|letters| letters.matches(letter).count() >= most)
        };
        let is_option = matches!(
            word.as_str(),
            "--yes" | "--assume-yes" | "--assumeyes" | "--force-yes" | "--non-interactive"
        );
        is_option
            || word
                .to_ascii_lowercase()
                .starts_with("apt::get::assume-yes")
            || has("y", 1)
            || has("q", 2)
    })
}

/// Whether whoever answers on standard input says yes.
async fn agrees(process: &mut Process) -> bool {
    let answer = process.read(0, 64).await.unwrap_or_default();
    matches!(answer.first(), Some(b'y' | b'Y' | b'\n'))
}

/// Installs packages, and tells whether that was done.
async fn install(process: &mut Process, host: &Host, names: &[String], is_unasked: bool) -> bool {
    let brings_docker = names.iter().any(|name| DOCKER.contains(&bare(name)));
    if brings_docker && !host.facts().has_docker() && !is_unasked {
        say(process, "Do you want to continue? [Y/n] ").await;
        if !agrees(process).await {
            say(process, "Abort.\n").await;
            return false;
        }
    }
    let now = process.now();
    for name in names {
        let name = bare(name);
        if name.is_empty() || name.ends_with('-') || name.contains("..") {
            continue;
        }
        let files = process.space.files().clone();
        if DOCKER.contains(&name) {
            let is_foreign = matches!(name, "docker-ce" | "docker-engine");
            let is_known = !is_foreign || has_source(process);
            let mut facts = host.facts();
            if !is_known {
                facts.note(Note::UnknownSource);
            }
            facts.install_docker(&files, name, now);
            continue;
        }
        let is_new = {
            let mut facts = host.facts();
            let is_new = !facts.has_package(name);
            facts.add_package(name);
            is_new
        };
        // A file that was brought by path is no program.
        let path = format!("/usr/bin/{name}");
        let is_program = is_new && !name.contains(['/', '.', '*']) && !name.starts_with("lib");
        if is_program && !files.exists(&path, &Credentials::ROOT) {
            let written = files.write(&path, image_of(name), 0o755, &Credentials::ROOT, now);
            if written.is_err() {
                return false;
            }
        }
    }
    process.step().await;
    true
}

fn remove(process: &Process, host: &Host, names: &[String]) {
    let files = process.space.files().clone();
    let now = process.now();
    let has_it =
        |name: &String| DOCKER.contains(&bare(name)) && host.facts().has_package(bare(name));
    if names.iter().any(has_it) {
        host.facts().remove_docker(&files, now);
    }
}

/// Whether some source of packages is Docker's, or a mirror of it.
fn has_source(process: &Process) -> bool {
    let files = process.space.files();
    let root = &Credentials::ROOT;
    let mut paths = vec!["/etc/apt/sources.list".to_owned()];
    for folder in [
        "/etc/apt/sources.list.d",
        "/etc/yum.repos.d",
        "/etc/zypp/repos.d",
    ] {
        let entries = files.read_dir(folder, root).unwrap_or_default();
        paths.extend(
            entries
                .into_iter()
                .map(|entry| format!("{folder}/{}", entry.name)),
        );
    }
    paths.iter().any(|path| {
        let text = files.read(path, root).unwrap_or_default();
        String::from_utf8_lossy(&text).contains("docker")
    })
}

/// `apt-get`, `apt`, `aptitude`.
pub(super) async fn apt(mut process: Process, host: Arc<Host>) -> u8 {
    if host.facts().machine.image == Image::Other {
        let name = called(&process);
        process
            .complain(format!("{name}: command not found\n"))
            .await;
        return 127;
    }
    let words = operands(
        &process.args,
        &["-o", "-t", "-c", "--option", "--target-release"],
    );
    let Some((verb, names)) = words.split_first() else {
        return 0;
    };
    let assumes = is_unasked(&process.args) || is_configured(&process);
    match verb.as_str() {
        "install" | "reinstall" => {
            say(
                &mut process,
                "Reading package lists...\nBuilding dependency tree...\n",
            )
            .await;
            if !install(&mut process, &host, names, assumes).await {
                return 1;
            }
            for name in names {
                let line = format!("Setting up {} ...\n", bare(name));
                say(&mut process, &line).await;
            }
            0
        }
        "remove" | "purge" => {
            remove(&process, &host, names);
            0
        }
        "update" => {
            say(&mut process, "Reading package lists...\n").await;
            0
        }
        _ => 0,
    }
}

/// Whether apt is configured to ask nobody.
fn is_configured(process: &Process) -> bool {
    let files = process.space.files();
    let root = &Credentials::ROOT;
    let entries = files
        .read_dir("/etc/apt/apt.conf.d", root)
        .unwrap_or_default();
    entries.iter().any(|entry| {
        let text = files.read(&format!("/etc/apt/apt.conf.d/{}", entry.name), root);
        let text = text.unwrap_or_default();
        let text = String::from_utf8_lossy(&text).to_ascii_lowercase();
        text.lines().any(|line| {
            line.contains("assume-yes")
                && ["true", "\"1\"", "yes\""]
                    .iter()
                    .any(|yes| line.contains(yes))
        })
    })
}

/// `dnf`, `yum`, `tdnf`, `microdnf`.
pub(super) async fn dnf(mut process: Process, host: Arc<Host>) -> u8 {
    if host.facts().machine.image != Image::Other {
        let name = called(&process);
        process
            .complain(format!("{name}: command not found\n"))
            .await;
        return 127;
    }
    let words = operands(
        &process.args,
        &["-c", "--config", "--releasever", "--setopt"],
    );
    let Some((verb, names)) = words.split_first() else {
        return 0;
    };
    match verb.as_str() {
        "install" | "reinstall" => {
            let assumes = is_unasked(&process.args);
            u8::from(!install(&mut process, &host, names, assumes).await)
        }
        "remove" | "erase" => {
            remove(&process, &host, names);
            0
        }
        "config-manager" => {
            let added: Vec<_> = process
                .args
                .iter()
                .filter(|word| word.contains("://"))
                .map(|word| word.trim_start_matches("--add-repo=").to_owned())
                .collect();
            for url in added {
                let name = url.rsplit('/').next().unwrap_or("added.repo").to_owned();
                let (files, now) = (process.space.files().clone(), process.now());
                let text = format!("[{name}]\nbaseurl={url}\n");
                let path = format!("/etc/yum.repos.d/{name}");
                if files
                    .write(&path, text.into_bytes(), 0o644, &Credentials::ROOT, now)
                    .is_err()
                {
                    return 1;
                }
            }
            0
        }
        _ => 0,
    }
}

/// `zypper`.
pub(super) async fn zypper(mut process: Process, host: Arc<Host>) -> u8 {
    let words = operands(&process.args, &[]);
    match words.split_first() {
        Some((verb, names)) if matches!(verb.as_str(), "install" | "in") => {
            let has_n = process.args.iter().any(|word| word == "-n");
            let assumes = is_unasked(&process.args) || has_n;
            u8::from(!install(&mut process, &host, names, assumes).await)
        }
        Some((verb, names)) if matches!(verb.as_str(), "remove" | "rm") => {
            remove(&process, &host, names);
            0
        }
        _ => 0,
    }
}

/// `apk`, which asks nobody.
pub(super) async fn apk(mut process: Process, host: Arc<Host>) -> u8 {
    let words = operands(&process.args, &["-t", "--virtual", "-X", "--repository"]);
    match words.split_first() {
        Some((verb, names)) if verb == "add" => {
            u8::from(!install(&mut process, &host, names, true).await)
        }
        Some((verb, names)) if verb == "del" => {
            remove(&process, &host, names);
            0
        }
        _ => 0,
    }
}

/// `snap`. A snap of Docker has its own places, and listens on its socket alone.
pub(super) fn snap(process: &Process, host: &Host) -> u8 {
    let words = operands(&process.args, &["--channel", "--revision"]);
    if let Some((verb, names)) = words.split_first()
        && verb == "install"
    {
        for name in names {
            let files = process.space.files().clone();
            let mut facts = host.facts();
            if name == "docker" {
                facts.install_snap(&files, process.now());
            }
            facts.add_package(name);
        }
    }
    0
}

/// `dpkg`.
pub(super) async fn dpkg(mut process: Process, host: Arc<Host>) -> u8 {
    let has = |word: &str| process.args.iter().any(|arg| arg == word);
    if has("--print-architecture") {
        say(&mut process, "amd64\n").await;
        return 0;
    }
    let asks = has("-s") || has("-l") || has("--status") || has("--list") || has("-L");
    let brings = has("-i") || has("--install");
    let names = operands(&process.args, &[]);
    if asks {
        for name in &names {
            if !host.facts().has_package(bare(name)) {
                let text = format!(
                    "dpkg-query: package '{name}' is not installed and no information is available\n"
                );
                process.complain(text).await;
                return 1;
            }
            let text = format!("Package: {name}\nStatus: install ok installed\n");
            say(&mut process, &text).await;
        }
    } else if brings {
        let packages: Vec<_> = names
            .iter()
            .filter_map(|path| {
                path.rsplit('/')
                    .next()?
                    .split('_')
                    .next()
                    .map(str::to_owned)
            })
            .collect();
        return u8::from(!install(&mut process, &host, &packages, true).await);
    }
    0
}
