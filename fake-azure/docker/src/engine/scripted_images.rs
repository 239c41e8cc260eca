//! Images that exist because a script says so, as a registry has them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::files::Content;
use crate::files::tar::{EntryKind, Header, Writer};
use crate::process::script::{Definition, Health, ProgramFile, Scripts};
use crate::reference::Named;
use crate::registry::manifest::{self, DOCKER_MANIFEST};
use crate::registry::{
    Archive, Blob, Digest, History, ImageConfig, Platform, Published, Registry, Variant,
};
use crate::state::config::{Config, Healthcheck, Set, Words};

/// Publishes the images that scripts define, so that they are pulled and built on like others.
///
/// One may be made from another. Nothing can be made from what nobody has: such an image is not
/// there, and a pull of it says so.
pub(super) fn publish(registry: &mut Registry, scripts: &Scripts) {
    let mut waiting: Vec<_> = scripts.defined().collect();
    loop {
        let before = waiting.len();
        waiting.retain(|(names, definition, programs)| {
            let Some(published) = image(registry, definition, programs) else {
                return true;
            };
            for name in names.iter().filter_map(|name| Named::parse(name).ok()) {
                registry.push(&name, published.clone());
            }
            false
        });
        if waiting.len() == before || waiting.is_empty() {
            break;
        }
    }
    for (names, definition, _) in waiting {
        tracing::warn!(
            ?names,
            from = definition.from,
            "nobody has what this image is made from"
        );
    }
}

/// The image; none when there is nothing to make it from.
fn image(
    registry: &Registry,
    definition: &Definition,
    programs: &[ProgramFile],
) -> Option<Published> {
    let (base, mut layers) = match definition.from.as_str() {
        "" | "scratch" => (ImageConfig::default(), Vec::new()),
        from => {
            let published = registry.find(&Named::parse(from).ok()?).ok()?;
            let variant = published.variant(None)?;
            let config = ImageConfig::read(&variant.config).ok()?;
            (config, variant.layers.clone())
        }
    };
    let created = base.created.unwrap_or(Timestamp::UNIX_EPOCH);
    let archive = layer(definition, programs, created);
    let unpacked = archive.len() as u64;
    layers.push(Blob::of(Archive::Own(Content::from(archive)), unpacked));
    let platform = Platform::host();
    let mut config = ImageConfig {
        architecture: platform.architecture.clone(),
        os: platform.os.clone(),
        variant: String::new(),
        created: Some(created),
        config: Some(run(definition, base.config.unwrap_or_default())),
        ..base
    };
    config.rootfs.diff_ids = layers.iter().map(|layer| layer.diff_id).collect();
    config.history.push(History {
        created: Some(created),
        created_by: "a script".to_owned(),
        ..History::default()
    });
    let config: Arc<str> = config.to_json().into();
    let document: Arc<str> = manifest::docker(&config, &layers).into();
    Some(Published {
        digest: Digest::of(&*document),
        media_type: DOCKER_MANIFEST.to_owned(),
        document: Arc::clone(&document),
        variants: vec![Variant {
            platform,
            manifest: document,
            config,
            layers,
        }],
    })
}

/// Its own files: those that the script has, and one for each of its programs.
fn layer(definition: &Definition, programs: &[ProgramFile], at: Timestamp) -> Vec<u8> {
    let mut archive = Writer::new();
    let mut add = |path: &str, mode, uid, gid, content: &[u8]| {
        let path = path.trim_start_matches('/');
        let header = Header {
            uid,
            gid,
            ..Header::new(path, EntryKind::File, mode, at)
        };
        archive.add(header, content);
    };
    for file in &definition.files {
        add(
            &file.path,
            file.mode,
            file.uid,
            file.gid,
            file.content.as_bytes(),
        );
    }
    for program in programs {
        add(&program.path, 0o755, 0, 0, &program.content);
    }
    archive.finish()
}

/// What its containers run with: what the script says, and else what its base does.
fn run(definition: &Definition, base: Config) -> Config {
    let says_command = definition.cmd.is_some() || definition.entrypoint.is_some();
    let words = |words: &Option<Vec<String>>| words.clone().map(Words);
    let union = |mine: &[String], theirs: Option<Set>| {
        let mut all = theirs.unwrap_or_default();
        all.0.extend(mine.iter().cloned());
        (!all.0.is_empty()).then_some(all)
    };
    Config {
        // A new entrypoint does not get the arguments of the old one.
        cmd: if says_command {
            words(&definition.cmd)
        } else {
            base.cmd
        },
        entrypoint: words(&definition.entrypoint).or(base.entrypoint),
        env: Some(environment(&definition.env, base.env)),
        exposed_ports: union(&definition.expose, base.exposed_ports),
        volumes: union(&definition.volumes, base.volumes),
        labels: labels(&definition.labels, base.labels),
        user: definition.user.clone().unwrap_or(base.user),
        working_dir: definition.workdir.clone().unwrap_or(base.working_dir),
        stop_signal: definition.stop_signal.clone().unwrap_or(base.stop_signal),
        healthcheck: definition.health.as_ref().map(check).or(base.healthcheck),
        ..base
    }
}

fn environment(mine: &BTreeMap<String, String>, base: Option<Vec<String>>) -> Vec<String> {
    let mut all = base.unwrap_or_else(|| {
        vec!["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".to_owned()]
    });
    for (name, value) in mine {
        all.retain(|entry| entry.split('=').next() != Some(name));
        all.push(format!("{name}={value}"));
    }
    all
}

fn labels(
    mine: &BTreeMap<String, String>,
    base: Option<BTreeMap<String, String>>,
) -> Option<BTreeMap<String, String>> {
    let mut all = base.unwrap_or_default();
    all.extend(mine.clone());
    (!all.is_empty()).then_some(all)
}

fn check(health: &Health) -> Healthcheck {
    let nanoseconds = |time: Duration| i64::try_from(time.as_nanos()).unwrap_or(i64::MAX);
    let span = |span: Option<crate::process::script::Span>| span.map_or(0, |s| nanoseconds(s.0));
    // One text is a line for the shell.
    let kind = if health.test.len() == 1 {
        "CMD-SHELL"
    } else {
        "CMD"
    };
    let mut test = vec![kind.to_owned()];
    test.extend(health.test.iter().cloned());
    Healthcheck {
        test: Some(test),
        interval: span(health.interval),
        timeout: span(health.timeout),
        start_period: span(health.start_period),
        retries: health.retries.map_or(0, i64::from),
        ..Healthcheck::default()
    }
}
