//! The words of a `docker` command, and what they ask of an engine.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use axum::http::Method;
use serde_json::{Map, Value, json};

/// Something that a command asks of an engine.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Wish {
    /// An image is to be there; it is pulled where it is not, or in any case.
    Image { name: String, anew: bool },
    /// A container, made and perhaps started.
    Container {
        name: Option<String>,
        body: Value,
        starts: bool,
    },
    /// A request as it is.
    Ask {
        method: Method,
        path: String,
        body: Option<Value>,
    },
}

/// A command whose words mean something else than is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotCarriedOut;

/// Options of `docker run` and `docker create` that have no value.
const FLAGS: &[&str] = &[
    "detach",
    "disable-content-trust",
    "help",
    "init",
    "interactive",
    "no-healthcheck",
    "oom-kill-disable",
    "privileged",
    "publish-all",
    "quiet",
    "read-only",
    "rm",
    "sig-proxy",
    "tty",
];

/// Options of one letter, and their names.
const LETTERS: &[(char, &str)] = &[
    ('a', "attach"),
    ('c', "cpu-shares"),
    ('d', "detach"),
    ('e', "env"),
    ('h', "hostname"),
    ('i', "interactive"),
    ('l', "label"),
    ('m', "memory"),
    ('p', "publish"),
    ('P', "publish-all"),
    ('q', "quiet"),
    ('t', "tty"),
    ('u', "user"),
    ('v', "volume"),
    ('w', "workdir"),
];

/// What the words of a command ask for, without the name of the program; nothing where they only
/// ask.
pub(super) fn read(words: &[String]) -> Result<Vec<Wish>, NotCarriedOut> {
    let mut words = words.iter().map(String::as_str).peekable();
    // Options of the client itself: which engine is meant, how much it tells.
    while let Some(word) = words.next_if(|word| word.starts_with('-')) {
        if matches!(
            word,
            "-H" | "--host" | "-c" | "--context" | "-l" | "--log-level" | "--config"
        ) {
            words.next();
        }
    }
    let noun = ["container", "image"];
    let verb = match words.next() {
        Some(word) if noun.contains(&word) => words.next(),
        word => word,
    };
    let rest: Vec<&str> = words.collect();
    let each = |method: Method, path: fn(&str) -> String| {
        let names = operands(&rest, &["time", "signal"]);
        Ok(names
            .into_iter()
            .map(|name| ask(method.clone(), path(name)))
            .collect())
    };
    let is_forced = rest.iter().any(|word| {
        *word == "--force"
            || (word.starts_with('-') && !word.starts_with("--") && word.contains('f'))
    });
    match verb.unwrap_or_default() {
        "run" => container(&rest, true),
        "create" => container(&rest, false),
        "pull" => Ok(operands(&rest, &["platform"])
            .into_iter()
            .map(|name| Wish::Image {
                name: name.to_owned(),
                anew: true,
            })
            .collect()),
        "start" => each(Method::POST, |name| {
            format!("/containers/{}/start", quoted(name))
        }),
        "stop" => each(Method::POST, |name| {
            format!("/containers/{}/stop", quoted(name))
        }),
        "restart" => each(Method::POST, |name| {
            format!("/containers/{}/restart", quoted(name))
        }),
        "kill" => each(Method::POST, |name| {
            format!("/containers/{}/kill", quoted(name))
        }),
        "pause" => each(Method::POST, |name| {
            format!("/containers/{}/pause", quoted(name))
        }),
        "unpause" => each(Method::POST, |name| {
            format!("/containers/{}/unpause", quoted(name))
        }),
        "rm" if is_forced => each(Method::DELETE, |name| {
            format!("/containers/{}?force=1", quoted(name))
        }),
        "rm" => each(Method::DELETE, |name| {
            format!("/containers/{}", quoted(name))
        }),
        "rmi" => each(Method::DELETE, |name| format!("/images/{}", quoted(name))),
        "tag" => match operands(&rest, &[])[..] {
            [image, to] => {
                let (repository, tag) = reference(to);
                let path = format!(
                    "/images/{}/tag?repo={}&tag={}",
                    quoted(image),
                    quoted(repository),
                    quoted(tag)
                );
                Ok(vec![ask(Method::POST, path)])
            }
            _ => Err(NotCarriedOut),
        },
        "network" => network(&rest),
        "volume" => volume(&rest),
        "" | "context" | "events" | "history" | "images" | "info" | "inspect" | "login"
        | "logout" | "logs" | "ls" | "port" | "ps" | "search" | "stats" | "system" | "top"
        | "version" | "wait" | "diff" => Ok(Vec::new()),
        _ => Err(NotCarriedOut),
    }
}

fn ask(method: Method, path: String) -> Wish {
    Wish::Ask {
        method,
        path,
        body: None,
    }
}

/// The words that are no options; these options have a value of their own.
fn operands<'w>(words: &[&'w str], with_value: &[&str]) -> Vec<&'w str> {
    let mut found = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.strip_prefix('-') {
            None => found.push(*word),
            Some(option) => {
                let name = option.trim_start_matches('-');
                let is_letter = option.len() == 1 && with_value.iter().any(|v| v.starts_with(name));
                if with_value.contains(&name) || is_letter {
                    words.next();
                }
            }
        }
    }
    found
}

/// A name and its tag; `latest` where there is none.
pub(super) fn reference(name: &str) -> (&str, &str) {
    let after = name.rfind('/').map_or(0, |at| at + 1);
    match name[after..].rfind(':') {
        Some(at) if !name.contains('@') => (&name[..after + at], &name[after + at + 1..]),
        _ => (name, "latest"),
    }
}

/// A text as paths and queries have it.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~/:".contains(&byte) {
            quoted.push(char::from(byte));
        } else {
            // A text takes whatever is written to it.
            write!(quoted, "%{byte:02X}").ok();
        }
    }
    quoted
}

fn network(words: &[&str]) -> Result<Vec<Wish>, NotCarriedOut> {
    let all = operands(
        &words[1.min(words.len())..],
        &[
            "driver", "subnet", "gateway", "ip-range", "opt", "label", "ip", "alias",
        ],
    );
    match (words.first().copied().unwrap_or_default(), &all[..]) {
        ("create", [name]) => {
            let body = json!({"Name": name, "Driver": "bridge"});
            Ok(vec![Wish::Ask {
                method: Method::POST,
                path: "/networks/create".to_owned(),
                body: Some(body),
            }])
        }
        ("connect", [network, container]) => Ok(vec![Wish::Ask {
            method: Method::POST,
            path: format!("/networks/{}/connect", quoted(network)),
            body: Some(json!({"Container": container})),
        }]),
        ("rm" | "remove", names) => Ok(names
            .iter()
            .map(|name| ask(Method::DELETE, format!("/networks/{}", quoted(name))))
            .collect()),
        ("ls" | "inspect", _) => Ok(Vec::new()),
        _ => Err(NotCarriedOut),
    }
}

fn volume(words: &[&str]) -> Result<Vec<Wish>, NotCarriedOut> {
    let all = operands(
        &words[1.min(words.len())..],
        &["driver", "opt", "label", "name"],
    );
    match (words.first().copied().unwrap_or_default(), &all[..]) {
        ("create", names) => Ok(vec![Wish::Ask {
            method: Method::POST,
            path: "/volumes/create".to_owned(),
            body: Some(json!({"Name": names.first()})),
        }]),
        ("rm" | "remove", names) => Ok(names
            .iter()
            .map(|name| ask(Method::DELETE, format!("/volumes/{}", quoted(name))))
            .collect()),
        ("ls" | "inspect", _) => Ok(Vec::new()),
        _ => Err(NotCarriedOut),
    }
}

/// The options of `docker run`: those before the image.
#[derive(Default)]
struct Options<'w>(BTreeMap<&'w str, Vec<&'w str>>);

impl<'w> Options<'w> {
    /// Reads options, and leaves what follows them.
    fn read(words: &mut std::slice::Iter<'_, &'w str>) -> Result<Self, NotCarriedOut> {
        let mut options = Self::default();
        while let Some(word) = words
            .as_slice()
            .first()
            .filter(|word| word.starts_with('-'))
        {
            words.next();
            if *word == "--" {
                break;
            }
            if let Some(long) = word.strip_prefix("--") {
                let (name, value) = match long.split_once('=') {
                    Some((name, value)) => (name, Some(value)),
                    None => (long, None),
                };
                let name = if name == "net" { "network" } else { name };
                let value = match value {
                    Some(value) => value,
                    None if FLAGS.contains(&name) => "true",
                    None => words.next().ok_or(NotCarriedOut)?,
                };
                options.add(name, value);
                continue;
            }
            let mut letters = word[1..].chars();
            while let Some(letter) = letters.next() {
                let known = LETTERS.iter().find(|(known, _)| *known == letter);
                let (_, name) = known.ok_or(NotCarriedOut)?;
                if FLAGS.contains(name) {
                    options.add(name, "true");
                    continue;
                }
                let rest = letters.as_str().trim_start_matches('=');
                let value = if rest.is_empty() {
                    words.next().ok_or(NotCarriedOut)?
                } else {
                    // What follows a letter is within the word.
                    &word[word.len() - rest.len()..]
                };
                options.add(name, value);
                break;
            }
        }
        Ok(options)
    }

    fn add(&mut self, name: &'w str, value: &'w str) {
        self.0.entry(name).or_default().push(value);
    }

    fn all(&self, name: &str) -> &[&'w str] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    fn last(&self, name: &str) -> Option<&'w str> {
        self.all(name).last().copied()
    }

    fn has(&self, name: &str) -> bool {
        self.last(name).is_some_and(|value| value != "false")
    }
}

fn container(words: &[&str], starts: bool) -> Result<Vec<Wish>, NotCarriedOut> {
    let mut words = words.iter();
    let options = Options::read(&mut words)?;
    let image = *words.next().ok_or(NotCarriedOut)?;
    let command: Vec<&str> = words.copied().collect();
    let (exposed, bindings) = ports(options.all("publish"))?;
    let mut host = json!({
        "PortBindings": bindings,
        "AutoRemove": options.has("rm"),
        "Privileged": options.has("privileged"),
        "ReadonlyRootfs": options.has("read-only"),
        "PublishAllPorts": options.has("publish-all"),
    });
    let mut body = json!({
        "Image": image,
        "Tty": options.has("tty"),
        "OpenStdin": options.has("interactive"),
        "ExposedPorts": exposed,
    });
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            body[name] = value;
        }
    };
    let texts = |all: &[&str]| (!all.is_empty()).then(|| json!(all));
    set("Cmd", texts(&command));
    set("Env", texts(options.all("env")));
    set("Hostname", options.last("hostname").map(Value::from));
    set("User", options.last("user").map(Value::from));
    set("WorkingDir", options.last("workdir").map(Value::from));
    set(
        "Entrypoint",
        options.last("entrypoint").map(|word| json!([word])),
    );
    let labels = options.all("label").iter().map(|label| {
        let (name, value) = label.split_once('=').unwrap_or((label, ""));
        (name.to_owned(), Value::from(value))
    });
    set("Labels", Some(Value::Object(labels.collect())));
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            host[name] = value;
        }
    };
    let (binds, anonymous): (Vec<&str>, Vec<&str>) = options
        .all("volume")
        .iter()
        .partition(|text| text.contains(':'));
    set("Binds", texts(&binds));
    set("NetworkMode", options.last("network").map(Value::from));
    set("CapAdd", texts(options.all("cap-add")));
    set("Dns", texts(options.all("dns")));
    set("ExtraHosts", texts(options.all("add-host")));
    set("RestartPolicy", options.last("restart").map(restart));
    body["Volumes"] = anonymous
        .iter()
        .map(|at| ((*at).to_owned(), json!({})))
        .collect::<Map<_, _>>()
        .into();
    body["HostConfig"] = host;
    Ok(vec![
        Wish::Image {
            name: image.to_owned(),
            anew: options.last("pull") == Some("always"),
        },
        Wish::Container {
            name: options.last("name").map(str::to_owned),
            body,
            starts,
        },
    ])
}

fn restart(policy: &str) -> Value {
    let (name, most) = policy.split_once(':').unwrap_or((policy, "0"));
    let most: i64 = most.parse().unwrap_or_default();
    json!({"Name": name, "MaximumRetryCount": most})
}

/// A port or a range of ports.
fn range(text: &str) -> Result<(u16, u16), NotCarriedOut> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    match (first.parse(), last.parse()) {
        (Ok(first), Ok(last)) if first <= last => Ok((first, last)),
        _ => Err(NotCarriedOut),
    }
}

/// What `-p` says: the ports that are exposed, and where they are published.
fn ports(all: &[&str]) -> Result<(Value, Value), NotCarriedOut> {
    let mut exposed = Map::new();
    let mut bindings = Map::new();
    for text in all {
        let (text, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
        let (rest, inner) = match text.rsplit_once(':') {
            Some((rest, inner)) => (Some(rest), inner),
            None => (None, text),
        };
        let (address, outer) = match rest {
            None => ("", None),
            Some(rest) => match rest.rsplit_once(':') {
                Some((address, outer)) => (address, Some(outer)),
                None => ("", Some(rest)),
            },
        };
        let (first, last) = range(inner)?;
        let outer = outer
            .filter(|outer| !outer.is_empty())
            .map(range)
            .transpose()?;
        if outer.is_some_and(|(from, to)| to - from != last - first) {
            return Err(NotCarriedOut);
        }
        for n in 0..=last - first {
            let port = format!("{}/{protocol}", first + n);
            let outer = outer.map_or_else(String::new, |(from, _)| (from + n).to_string());
            exposed.insert(port.clone(), json!({}));
            let places = bindings.entry(port).or_insert_with(|| json!([]));
            if let Value::Array(places) = places {
                places.push(json!({"HostIp": address, "HostPort": outer}));
            }
        }
    }
    Ok((exposed.into(), bindings.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wishes(line: &str) -> Result<Vec<Wish>, NotCarriedOut> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        read(&words)
    }

    #[test]
    fn a_run_brings_its_image_and_a_container_that_starts() {
        let found = wishes(
            "run -dit --name web -p 80:8080 -p127.0.0.1:53:53/udp --restart=on-failure:3 -e A=b --env C=d \
             --net own -v data:/data -v /cache --label x=y --rm nginx:1.25 nginx -g x",
        )
        .unwrap();
        let [
            Wish::Image { name, anew: false },
            Wish::Container {
                name: called,
                body,
                starts: true,
            },
        ] = &found[..]
        else {
            panic!("{found:?}");
        };
        assert_eq!(
            (name.as_str(), called.as_deref()),
            ("nginx:1.25", Some("web"))
        );
        assert_eq!(body["Cmd"], json!(["nginx", "-g", "x"]));
        assert_eq!(body["Env"], json!(["A=b", "C=d"]));
        assert_eq!(body["Labels"], json!({"x": "y"}));
        assert_eq!(body["Volumes"], json!({"/cache": {}}));
        assert_eq!(body["ExposedPorts"], json!({"8080/tcp": {}, "53/udp": {}}));
        let host = &body["HostConfig"];
        assert_eq!(
            host["PortBindings"]["8080/tcp"],
            json!([{"HostIp": "", "HostPort": "80"}])
        );
        assert_eq!(
            host["PortBindings"]["53/udp"],
            json!([{"HostIp": "127.0.0.1", "HostPort": "53"}])
        );
        assert_eq!(
            host["RestartPolicy"],
            json!({"Name": "on-failure", "MaximumRetryCount": 3})
        );
        assert_eq!(
            (&host["NetworkMode"], &host["AutoRemove"]),
            (&json!("own"), &json!(true))
        );
        assert_eq!(host["Binds"], json!(["data:/data"]));
    }

    #[test]
    fn ranges_of_ports_are_published_one_by_one() {
        let found = wishes("run -p 8000-8001:9000-9001 -p 70 x").unwrap();
        let Wish::Container { body, .. } = &found[1] else {
            panic!("{found:?}");
        };
        let bindings = &body["HostConfig"]["PortBindings"];
        assert_eq!(bindings["9001/tcp"][0]["HostPort"], "8001");
        assert_eq!(bindings["70/tcp"][0]["HostPort"], "");
        assert_eq!(wishes("run -p 1-3:5-6 x"), Err(NotCarriedOut));
        assert_eq!(wishes("run -p a:b x"), Err(NotCarriedOut));
    }

    #[test]
    fn other_commands_become_requests() {
        for (line, method, path) in [
            ("rm -f a", Method::DELETE, "/containers/a?force=1"),
            ("container rm a", Method::DELETE, "/containers/a"),
            ("stop -t 5 a", Method::POST, "/containers/a/stop"),
            (
                "tag nginx me/web:2",
                Method::POST,
                "/images/nginx/tag?repo=me/web&tag=2",
            ),
            (
                "-H unix:///run/docker.sock start a",
                Method::POST,
                "/containers/a/start",
            ),
            ("volume rm v", Method::DELETE, "/volumes/v"),
            ("network rm n", Method::DELETE, "/networks/n"),
        ] {
            assert_eq!(
                wishes(line).unwrap(),
                [ask(method, path.to_owned())],
                "{line}"
            );
        }
        assert_eq!(wishes("ps -a"), Ok(Vec::new()));
        for line in [
            "compose up -d",
            "build .",
            "stack deploy x",
            "run",
            "run --name",
            "run -Z x",
        ] {
            assert_eq!(wishes(line), Err(NotCarriedOut), "{line}");
        }
        assert_eq!(reference("host:5000/a"), ("host:5000/a", "latest"));
        assert_eq!(reference("host:5000/a:1"), ("host:5000/a", "1"));
    }
}
