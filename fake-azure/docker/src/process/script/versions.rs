//! What languages and tools say of their versions, though nothing of theirs runs here.

use crate::process::Process;

/// What is printed, and whether to standard error.
pub(super) struct Version {
    pub(super) text: String,
    pub(super) to_stderr: bool,
}

/// The answer to a command line that asks for a version; none when it asks for something else.
pub(super) fn answer(process: &Process) -> Option<Version> {
    let (first, rest) = process.args.split_first()?;
    let name = first.rsplit('/').next().unwrap_or(first);
    let asked = match rest {
        [asked] => asked.as_str(),
        _ => return None,
    };
    let long = matches!(asked, "--version" | "-V" | "-v" | "-version" | "version");
    if !long {
        return None;
    }
    let variable =
        |variable: &str, default: &str| process.variable(variable).unwrap_or(default).to_owned();
    let python = || variable("PYTHON_VERSION", "3.13.7");
    let short = |version: &str| {
        version
            .rsplit_once('.')
            .map_or(version, |(short, _)| short)
            .to_owned()
    };
    let text = match name {
        "node" | "nodejs" => format!("v{}", variable("NODE_VERSION", "22.19.0")),
        "npm" | "npx" => "10.9.3".to_owned(),
        "corepack" => "0.34.0".to_owned(),
        "yarn" | "yarnpkg" => variable("YARN_VERSION", "1.22.22"),
        "python" | "python3" => format!("Python {}", python()),
        "pip" | "pip3" => {
            let short = short(&python());
            format!("pip 25.2 from /usr/local/lib/python{short}/site-packages/pip (python {short})")
        }
        "java" => return Some(java(&variable("JAVA_VERSION", "21.0.8"), asked)),
        "javac" => format!("javac {}", plain(&variable("JAVA_VERSION", "21.0.8"))),
        "go" => format!(
            "go version go{} linux/amd64",
            variable("GOLANG_VERSION", "1.25.0")
        ),
        "rustc" | "cargo" | "rustdoc" => format!("{name} {}", variable("RUST_VERSION", "1.89.0")),
        "php" => format!("PHP {} (cli)", variable("PHP_VERSION", "8.4.12")),
        "ruby" => format!("ruby {}", variable("RUBY_VERSION", "3.4.5")),
        "apk" => "apk-tools 2.14.9, compiled for x86_64.".to_owned(),
        "apt" | "apt-get" => "apt 2.6.1 (amd64)".to_owned(),
        "make" => "GNU Make 4.4.1".to_owned(),
        "git" => "git version 2.49.1".to_owned(),
        "docker" => format!(
            "Docker version {}, build 0000000",
            variable("DOCKER_VERSION", "28.5.2")
        ),
        _ => return None,
    };
    Some(Version {
        text: text + "\n",
        to_stderr: false,
    })
}

/// `17.0.2` of `jdk-17.0.2+8`.
fn plain(version: &str) -> &str {
    let version = version.trim_start_matches("jdk-").trim_start_matches("jdk");
    version.split('+').next().unwrap_or(version)
}

fn java(version: &str, asked: &str) -> Version {
    let version = plain(version);
    let to_stderr = asked == "-version";
    let first = if to_stderr {
        format!("openjdk version \"{version}\"")
    } else {
        format!("openjdk {version}")
    };
    Version {
        text: format!(
            "{first}\nOpenJDK Runtime Environment (build {version})\nOpenJDK 64-Bit Server VM \
             (build {version}, mixed mode, sharing)\n"
        ),
        to_stderr,
    }
}
