//! `curl` and `wget`. Nothing is fetched from anywhere: the script that installs Docker is known, and
//! whatever else is asked for comes empty.

use std::sync::Arc;

use fake_docker::files::Open;
use fake_docker::process::Process;

use super::super::host::{Host, Note};

/// What installs Docker by its own packages.
const INSTALLER: &str = "#!/bin/sh\n\
    set -e\n\
    for word in \"$@\"; do\n\
    case \"$word\" in --dry-run) exit 0 ;; esac\n\
    done\n\
    . /etc/os-release\n\
    case \"$ID\" in\n\
    ubuntu | debian)\n\
    echo \"deb [arch=amd64 signed-by=/etc/apt/keyrings/docker.asc] https://download.docker.com/linux/$ID $VERSION_CODENAME stable\" > /etc/apt/sources.list.d/docker.list\n\
    apt-get -qq update >/dev/null\n\
    apt-get -y -qq install docker-ce docker-ce-cli containerd.io docker-compose-plugin docker-buildx-plugin >/dev/null\n\
    ;;\n\
    *)\n\
    dnf config-manager --add-repo https://download.docker.com/linux/centos/docker-ce.repo\n\
    dnf -y -q install docker-ce docker-ce-cli containerd.io docker-compose-plugin docker-buildx-plugin\n\
    ;;\n\
    esac\n";

/// What stands for a key that packages are signed with.
const KEY: &str = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n-----END PGP PUBLIC KEY BLOCK-----\n";

/// Options of curl that have a value, but those that are looked at.
const CURL_SHORT: &str = "HXdAuTFbcemxrKCDEPQtUzyY";
const CURL_LONG: &[&str] = &[
    "--cacert",
    "--cert",
    "--connect-timeout",
    "--cookie",
    "--cookie-jar",
    "--data",
    "--data-binary",
    "--data-raw",
    "--data-urlencode",
    "--form",
    "--header",
    "--key",
    "--max-time",
    "--output-dir",
    "--proto",
    "--proto-redir",
    "--proxy",
    "--range",
    "--referer",
    "--request",
    "--resolve",
    "--retry",
    "--retry-delay",
    "--retry-max-time",
    "--unix-socket",
    "--upload-file",
    "--user",
    "--user-agent",
];
/// The same of wget.
const WGET_SHORT: &str = "tTUPaoeQwB";

/// Where what is fetched goes.
enum To {
    Stdout,
    /// A file of this name.
    File(String),
    /// A file called as the address ends.
    OwnName,
}

struct Asked {
    urls: Vec<String>,
    to: Vec<To>,
    /// What is written when all is done.
    format: Option<String>,
    folder: Option<String>,
}

/// What comes for an address, and whether it is anything.
fn content(url: &str) -> Option<&'static str> {
    let bare = url.split_once("://").map_or(url, |(_, rest)| rest);
    let (host, path) = bare.split_once('/').unwrap_or((bare, ""));
    let installs = matches!(host, "get.docker.com" | "test.docker.com")
        || path.contains("install-docker")
        || path.ends_with("docker-install/master/install.sh");
    if installs && !path.contains("builds/") {
        return Some(INSTALLER);
    }
    let ends = ["gpg", ".asc", ".key"];
    ends.iter().any(|end| path.ends_with(end)).then_some(KEY)
}

pub(super) async fn curl(process: Process, host: Arc<Host>) -> u8 {
    let mut asked = Asked {
        urls: Vec::new(),
        to: Vec::new(),
        format: None,
        folder: None,
    };
    let args = process.args[1..].to_vec();
    let mut args = args.into_iter();
    while let Some(word) = args.next() {
        let (name, inline) = match word.split_once('=') {
            Some((name, value)) if name.starts_with("--") => {
                (name.to_owned(), Some(value.to_owned()))
            }
            _ => (word.clone(), None),
        };
        match name.as_str() {
            "--output" => asked
                .to
                .extend(inline.or_else(|| args.next()).map(To::File)),
            "--output-dir" => asked.folder = inline.or_else(|| args.next()),
            "--remote-name" | "--remote-name-all" => asked.to.push(To::OwnName),
            "--write-out" => asked.format = inline.or_else(|| args.next()),
            "--url" => asked.urls.extend(inline.or_else(|| args.next())),
            long if CURL_LONG.contains(&long) => {
                if inline.is_none() {
                    args.next();
                }
            }
            long if long.starts_with("--") => {}
            letters if letters.starts_with('-') && letters.len() > 1 => {
                let mut rest = &word[1..];
                while let Some(letter) = rest.chars().next() {
                    rest = &rest[letter.len_utf8()..];
                    let takes = letter == 'o' || letter == 'w' || CURL_SHORT.contains(letter);
                    if letter == 'O' {
                        asked.to.push(To::OwnName);
                    }
                    if takes {
                        let value = if rest.is_empty() {
                            args.next()
                        } else {
                            Some(rest.to_owned())
                        };
                        match letter {
                            'o' => asked.to.extend(value.map(To::File)),
                            'w' => asked.format = value,
                            _ => {}
                        }
                        break;
                    }
                }
            }
            _ => asked.urls.push(word),
        }
    }
    asked.fetch(process, &host).await
}

pub(super) async fn wget(process: Process, host: Arc<Host>) -> u8 {
    let mut asked = Asked {
        urls: Vec::new(),
        to: Vec::new(),
        format: None,
        folder: None,
    };
    let args = process.args[1..].to_vec();
    let mut args = args.into_iter();
    while let Some(word) = args.next() {
        let to = |name: String| {
            if name == "-" {
                To::Stdout
            } else {
                To::File(name)
            }
        };
        if let Some(name) = word.strip_prefix("--output-document=") {
            asked.to.push(to(name.to_owned()));
        } else if word == "--output-document" {
            asked.to.extend(args.next().map(to));
        } else if let Some(folder) = word.strip_prefix("--directory-prefix=") {
            asked.folder = Some(folder.to_owned());
        } else if word.starts_with("--") {
            if matches!(
                word.as_str(),
                "--header" | "--tries" | "--timeout" | "--user-agent"
            ) {
                args.next();
            }
        } else if word.starts_with('-') && word.len() > 1 {
            let mut rest = &word[1..];
            while let Some(letter) = rest.chars().next() {
                rest = &rest[letter.len_utf8()..];
                if letter == 'O' || letter == 'P' || WGET_SHORT.contains(letter) {
                    let value = if rest.is_empty() {
                        args.next()
                    } else {
                        Some(rest.to_owned())
                    };
                    match letter {
                        'O' => asked.to.extend(value.map(to)),
                        'P' => asked.folder = value,
                        _ => {}
                    }
                    break;
                }
            }
        } else {
            asked.urls.push(word);
        }
    }
    if asked.to.is_empty() {
        asked.to.extend(asked.urls.iter().map(|_| To::OwnName));
    }
    asked.fetch(process, &host).await
}

impl Asked {
    async fn fetch(self, mut process: Process, host: &Host) -> u8 {
        let mut places = self.to.into_iter();
        for url in &self.urls {
            let content = content(url).unwrap_or_else(|| {
                host.facts().note(Note::NothingFetched);
                ""
            });
            let name = match places.next() {
                None | Some(To::Stdout) => None,
                Some(To::File(name)) => Some(name).filter(|name| name != "-"),
                Some(To::OwnName) => {
                    let path = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
                    let path = path.split(['?', '#']).next().unwrap_or_default();
                    let name = path.rsplit_once('/').map_or("", |(_, name)| name);
                    Some(if name.is_empty() {
                        "index.html".to_owned()
                    } else {
                        name.to_owned()
                    })
                }
            };
            let Some(name) = name else {
                process.print(content).await.ok();
                continue;
            };
            let name = match &self.folder {
                Some(folder) if !name.starts_with('/') => format!("{folder}/{name}"),
                _ => name,
            };
            let written = match process.open(&name, Open::to_write(0o666)) {
                Ok(file) => file.write(content.as_bytes(), process.now()).await,
                Err(errno) => Err(errno),
            };
            if let Err(errno) = written {
                process.complain(format!("{name}: {errno}\n")).await;
                return 23;
            }
        }
        if let Some(format) = self.format {
            let text = format
                .replace("%{http_code}", "200")
                .replace("%{response_code}", "200")
                .replace("\\n", "\n");
            process.print(text).await.ok();
        }
        0
    }
}
