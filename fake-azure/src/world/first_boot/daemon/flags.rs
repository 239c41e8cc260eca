//! dockerd's flags, as its version of each distribution's packages has them.

use super::why_not::WhyNot;

/// What a flag takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    /// Nothing, or `=true` and `=false`.
    Yes,
    Text,
    Number,
    /// It may stand several times.
    List,
}

/// A flag, and what it is called in the configuration when that is another name.
pub(super) struct Flag {
    pub(super) name: &'static str,
    short: Option<char>,
    pub(super) takes: Takes,
    pub(super) key: &'static str,
}

const fn flag(name: &'static str, takes: Takes) -> Flag {
    Flag {
        name,
        short: None,
        takes,
        key: name,
    }
}

impl Flag {
    const fn short(self, letter: char) -> Self {
        Self {
            short: Some(letter),
            ..self
        }
    }

    const fn key(self, key: &'static str) -> Self {
        Self { key, ..self }
    }
}

use Takes::{List, Number, Text, Yes};

/// All flags of 20.10 to 28.
pub(super) const FLAGS: &[Flag] = &[
    flag("add-runtime", List).key("runtimes"),
    flag("allow-direct-routing", Yes),
    flag("allow-nondistributable-artifacts", List),
    flag("api-cors-header", Text),
    flag("authorization-plugin", List).key("authorization-plugins"),
    flag("bip", Text),
    flag("bip6", Text),
    flag("bridge", Text).short('b'),
    flag("bridge-accept-fwmark", Text),
    flag("cdi-spec-dir", List).key("cdi-spec-dirs"),
    flag("cgroup-parent", Text),
    flag("config-file", Text),
    flag("containerd", Text),
    flag("containerd-namespace", Text),
    flag("containerd-plugins-namespace", Text),
    flag("cpu-rt-period", Number),
    flag("cpu-rt-runtime", Number),
    flag("cri-containerd", Yes),
    flag("data-root", Text),
    flag("debug", Yes).short('D'),
    flag("default-address-pool", List).key("default-address-pools"),
    flag("default-cgroupns-mode", Text),
    flag("default-gateway", Text),
    flag("default-gateway-v6", Text),
    flag("default-ipc-mode", Text),
    flag("default-network-opt", List).key("default-network-opts"),
    flag("default-runtime", Text),
    flag("default-shm-size", Text),
    flag("default-ulimit", List).key("default-ulimits"),
    flag("dns", List),
    flag("dns-opt", List).key("dns-opts"),
    flag("dns-search", List),
    flag("exec-opt", List).key("exec-opts"),
    flag("exec-root", Text),
    flag("experimental", Yes),
    flag("feature", List).key("features"),
    flag("firewall-backend", Text),
    flag("fixed-cidr", Text),
    flag("fixed-cidr-v6", Text),
    flag("graph", Text).short('g'),
    flag("group", Text).short('G'),
    flag("help", Yes),
    flag("host", List).short('H').key("hosts"),
    flag("host-gateway-ip", List).key("host-gateway-ips"),
    flag("http-proxy", Text),
    flag("https-proxy", Text),
    flag("icc", Yes),
    flag("init", Yes),
    flag("init-path", Text),
    flag("insecure-registry", List).key("insecure-registries"),
    flag("ip", Text),
    flag("ip-forward", Yes),
    flag("ip-forward-no-drop", Yes),
    flag("ip-masq", Yes),
    flag("ip6tables", Yes),
    flag("iptables", Yes),
    flag("ipv6", Yes),
    flag("label", List).key("labels"),
    flag("live-restore", Yes),
    flag("log-driver", Text),
    flag("log-format", Text),
    flag("log-level", Text).short('l'),
    flag("log-opt", List).key("log-opts"),
    flag("max-concurrent-downloads", Number),
    flag("max-concurrent-uploads", Number),
    flag("max-download-attempts", Number),
    flag("metrics-addr", Text),
    flag("mtu", Number),
    flag("network-control-plane-mtu", Number),
    flag("no-new-privileges", Yes),
    flag("no-proxy", Text),
    flag("node-generic-resource", List).key("node-generic-resources"),
    flag("oom-score-adjust", Number),
    flag("pidfile", Text).short('p'),
    flag("raw-logs", Yes),
    flag("registry-mirror", List).key("registry-mirrors"),
    flag("rootless", Yes),
    flag("seccomp-profile", Text),
    flag("selinux-enabled", Yes),
    flag("shutdown-timeout", Number),
    flag("storage-driver", Text).short('s'),
    flag("storage-opt", List).key("storage-opts"),
    flag("swarm-default-advertise-addr", Text),
    flag("tls", Yes),
    flag("tlscacert", Text),
    flag("tlscert", Text),
    flag("tlskey", Text),
    flag("tlsverify", Yes),
    flag("userland-proxy", Yes),
    flag("userland-proxy-path", Text),
    flag("userns-remap", Text),
    flag("validate", Yes),
    flag("version", Yes).short('v'),
];

/// The flags that a daemon was started with, in order.
pub(super) struct Flags(Vec<(&'static Flag, String)>);

impl Flags {
    /// Reads a command line without the program's name.
    pub(super) fn read(arguments: &[String]) -> Result<Self, WhyNot> {
        let mut flags = Self(Vec::new());
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            if argument == "--" {
                if arguments.next().is_some() {
                    return Err(WhyNot::Argument);
                }
                break;
            }
            if let Some(long) = argument.strip_prefix("--") {
                let (name, value) = match long.split_once('=') {
                    Some((name, value)) => (name, Some(value.to_owned())),
                    None => (long, None),
                };
                let known = FLAGS.iter().find(|flag| flag.name == name);
                let flag = known.ok_or_else(|| WhyNot::UnknownFlag(format!("--{name}")))?;
                let value = match value {
                    Some(value) => value,
                    None if flag.takes == Yes => "true".to_owned(),
                    None => {
                        let next = arguments.next();
                        next.ok_or_else(|| WhyNot::NoValue(argument.clone()))?
                            .clone()
                    }
                };
                flags.put(flag, value)?;
            } else if let Some(letters) = argument.strip_prefix('-').filter(|l| !l.is_empty()) {
                flags.letters(letters, &mut arguments)?;
            } else {
                return Err(WhyNot::Argument);
            }
        }
        if ["help", "version", "validate"]
            .iter()
            .any(|name| flags.yes(name) == Some(true))
        {
            return Err(WhyNot::Ended);
        }
        Ok(flags)
    }

    /// `-DH tcp://…`, `-Htcp://…`, `-H=tcp://…`.
    fn letters<'a>(
        &mut self,
        letters: &str,
        arguments: &mut impl Iterator<Item = &'a String>,
    ) -> Result<(), WhyNot> {
        let mut rest = letters;
        while let Some(letter) = rest.chars().next() {
            rest = &rest[letter.len_utf8()..];
            let known = FLAGS.iter().find(|flag| flag.short == Some(letter));
            let flag = known.ok_or_else(|| WhyNot::UnknownFlag(format!("-{letter}")))?;
            if let Some(value) = rest.strip_prefix('=') {
                return self.put(flag, value.to_owned());
            }
            if flag.takes == Yes {
                self.put(flag, "true".to_owned())?;
                continue;
            }
            let value = match rest {
                "" => {
                    let next = arguments.next();
                    next.ok_or_else(|| WhyNot::NoValue(format!("-{letter}")))?
                        .clone()
                }
                rest => rest.to_owned(),
            };
            return self.put(flag, value);
        }
        Ok(())
    }

    fn put(&mut self, flag: &'static Flag, value: String) -> Result<(), WhyNot> {
        let fits = match flag.takes {
            Yes => boolean(&value).is_some(),
            Number => value.parse::<i64>().is_ok(),
            Text | List => true,
        };
        if !fits {
            let flag = flag.name.to_owned();
            return Err(WhyNot::BadValue { flag, value });
        }
        self.0.push((flag, value));
        Ok(())
    }

    fn values(&self, name: &str) -> impl DoubleEndedIterator<Item = &str> {
        let named = self.0.iter().filter(move |(flag, _)| flag.name == name);
        named.map(|(_, value)| value.as_str())
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.values(name).next_back()
    }

    pub(super) fn yes(&self, name: &str) -> Option<bool> {
        self.text(name).and_then(boolean)
    }

    pub(super) fn list(&self, name: &str) -> Vec<&str> {
        self.values(name).collect()
    }

    /// The flags that were given, each once, in the order of their names.
    pub(super) fn given(&self) -> impl Iterator<Item = &'static Flag> {
        let is_given = |flag: &&Flag| self.0.iter().any(|(given, _)| given.name == flag.name);
        FLAGS.iter().filter(is_given)
    }
}

/// Go's words for yes and no.
fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}
