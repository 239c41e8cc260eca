//! `azure fake run` from outside, in a hand-made world: files as a simulator keeps them.

use std::fs::OpenOptions;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

use crate::clean_room::{CleanRoom, Ran, run};

/// A world that consists of its files alone.
struct HandMade {
    room: CleanRoom,
    ready: PathBuf,
    hosts: PathBuf,
}

impl HandMade {
    fn new() -> Self {
        let room = CleanRoom::new();
        let hosts = room.write("sim/hosts", "127.77.0.1 made-before.cloudapp.net\n");
        let ca = room.write("sim/ca.pem", "");
        let settings = room.write("sim/sim.publishsettings", PUBLISH_SETTINGS);
        let ready = serde_json::json!({
            "management": "https://127.0.0.1:44301/",
            "admin": "http://127.0.0.1:44302",
            "subscription_id": "6e0ba3f0-6f4f-4a1c-8f0e-2f1d6c3f2a10",
            "publish_settings": settings,
            "ca": ca,
            "management_certificate": ca,
            "hosts_file": hosts,
            "pid": std::process::id(),
        });
        let ready = room.write("sim/ready.json", ready.to_string());
        Self { room, ready, hosts }
    }

    fn command(&self, options: &[&str], command: &[&str]) -> Command {
        let mut azure = self.room.azure_command(&["fake", "run", "--join"]);
        azure.arg(&self.ready).args(options).arg("--").args(command);
        azure
    }

    fn sh(&self, script: &str) -> Ran {
        run(&mut self.command(&[], &["sh", "-c", script]))
    }

    fn nothing_is_left(&self) {
        let left: Vec<_> = std::fs::read_dir(self.room.tmp())
            .expect("the temporary folder")
            .map(|entry| entry.expect("an entry").path())
            .collect();
        assert!(left.is_empty(), "left behind: {left:?}");
    }
}

/// A subscription without a certificate is enough for a profile that is never used.
const PUBLISH_SETTINGS: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<PublishData><PublishProfile SchemaVersion="2.0" PublishMethod="AzureServiceManagementAPI"/></PublishData>
"#;

/// The command under test, and what it says line by line.
struct Running {
    child: Child,
    said: BufReader<ChildStdout>,
}

impl Running {
    fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .expect("azure starts");
        let said = BufReader::new(child.stdout.take().expect("a pipe"));
        Self { child, said }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.said.read_line(&mut line).expect("a line");
        line.trim_end().to_owned()
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id().cast_signed())
    }

    fn end(&mut self) -> (Vec<String>, Option<i32>) {
        let rest = self
            .said
            .by_ref()
            .lines()
            .map(|line| line.expect("a line"))
            .collect();
        (rest, self.child.wait().expect("azure ends").code())
    }
}

impl Drop for Running {
    /// A test that failed leaves no program running.
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            _ = self.child.kill().ok();
            _ = self.child.wait().ok();
        }
    }
}

/// Namespaces may be refused here (a container without them); then names cannot be tested.
fn names_resolve_here() -> bool {
    let ran = HandMade::new().sh("true");
    let refused = ran.stderr.contains("do not resolve");
    if refused {
        // Written to the real standard error: cargo hides what passing tests print.
        writeln!(std::io::stderr(), "SKIPPED: {}", ran.stderr).expect("standard error");
    }
    !refused
}

#[test]
fn names_resolve_inside_and_only_inside() {
    if !names_resolve_here() {
        return;
    }
    let world = HandMade::new();
    let before = std::fs::read("/etc/hosts").expect("hosts");
    let ran =
        world.sh("getent hosts made-before.cloudapp.net && getent hosts localhost >/dev/null");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stdout.starts_with("127.77.0.1"), "{}", ran.stdout);
    assert_eq!(ran.stderr, "");
    assert_eq!(std::fs::read("/etc/hosts").expect("hosts"), before);
    let outside = run(world
        .room
        .command("getent")
        .args(["hosts", "made-before.cloudapp.net"]));
    assert_eq!(outside.code, Some(2), "{}", outside.stdout);
    world.nothing_is_left();
}

#[test]
fn names_that_come_and_go_are_followed_while_the_command_runs() {
    if !names_resolve_here() {
        return;
    }
    let world = HandMade::new();
    let script = "echo up; until getent hosts new.cloudapp.net; do :; done
        while getent hosts made-before.cloudapp.net >/dev/null; do :; done; echo gone";
    let mut running = Running::start(&mut world.command(&[], &["sh", "-c", script]));
    assert_eq!(running.line(), "up");
    let mut hosts = OpenOptions::new()
        .write(true)
        .open(&world.hosts)
        .expect("hosts");
    std::os::unix::fs::FileExt::write_all_at(
        &hosts,
        b"127.77.0.2 new.cloudapp.net\n",
        hosts.metadata().expect("its size").len(),
    )
    .expect("a line at the end");
    assert!(running.line().starts_with("127.77.0.2"));
    hosts.write_all(b"#").expect("a comment");
    assert_eq!(running.end(), (vec!["gone".to_owned()], Some(0)));
    world.nothing_is_left();
}

#[test]
fn the_command_finds_the_simulated_subscription_in_its_environment() {
    let world = HandMade::new();
    let ran = world.sh(
        r#"echo "$AZURE_MANAGEMENTENDPOINT_URL|$NODE_EXTRA_CA_CERTS|$AZURE_PUBLISH_SETTINGS|$HOME"
        pwd; id -u; cat "$AZURE_CONFIG_DIR/config.json" "$AZURE_CONFIG_DIR/telemetry.json"
        stat -c %a "$AZURE_CONFIG_DIR/.."; readlink -f "$(command -v azure)""#,
    );
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let home = world.room.home();
    let sim = home.join("sim");
    let sim = sim.display();
    let expected = format!(
        "https://127.0.0.1:44301/|{sim}/ca.pem|{sim}/sim.publishsettings|{home}\n{home}\n{}\n\
         {{\"mode\":\"asm\"}}\n{{\"telemetry\":false}}\n700\n{}\n",
        home.metadata().expect("home").uid(),
        env!("CARGO_BIN_EXE_azure"),
        home = home.display(),
    );
    assert_eq!(ran.stdout, expected);
}

#[test]
fn another_home_is_made_when_asked_for() {
    let world = HandMade::new();
    let home = world.room.home().join("other/home");
    let home_arg = home.to_str().expect("a readable path");
    let mut command = world.command(&["--home", home_arg], &["sh", "-c", "echo $HOME; pwd"]);
    let ran = run(&mut command);
    assert_eq!(
        ran.stdout,
        format!("{}\n{}\n", home.display(), world.room.home().display())
    );
    assert_eq!(
        home.metadata().expect("made").permissions().mode() & 0o777,
        0o700
    );
}

#[test]
fn the_status_is_the_commands_own() {
    let world = HandMade::new();
    for (script, code) in [("exit 0", 0), ("exit 7", 7), ("exit 255", 255)] {
        assert_eq!(world.sh(script).code, Some(code), "{script}");
    }
    for (signal, code) in [("TERM", 143), ("KILL", 137), ("INT", 130), ("SEGV", 139)] {
        assert_eq!(
            world.sh(&format!("kill -{signal} $$")).code,
            Some(code),
            "{signal}"
        );
    }
    world.nothing_is_left();
}

#[test]
fn what_cannot_be_executed_is_named_with_the_shells_status() {
    let world = HandMade::new();
    let missing = run(&mut world.command(&[], &["no-such-program"]));
    assert_eq!(missing.code, Some(127));
    assert!(
        missing.stderr.contains("`no-such-program`"),
        "{}",
        missing.stderr
    );
    let file = world.room.write("no-program", "text");
    let file = run(&mut world.command(&[], &[file.to_str().expect("a path")]));
    assert_eq!(file.code, Some(126), "{}", file.stderr);
    world.nothing_is_left();
}

#[test]
fn a_ready_file_of_no_simulator_is_refused_before_the_command_runs() {
    let room = CleanRoom::new();
    let ready = room.write("ready.json", "{}");
    let ready = ready.to_str().expect("a path");
    for (file, words) in [
        ("missing.json", "failed to read"),
        (ready, "is not the ready file"),
    ] {
        let ran = room.azure(&["fake", "run", "--join", file, "--", "touch", "ran"]);
        assert_eq!(ran.code, Some(1));
        assert!(
            ran.stderr.starts_with("error: ") && ran.stderr.contains(words),
            "{}",
            ran.stderr
        );
    }
    assert!(!room.home().join("ran").exists());
}

/// Counts how often each signal arrives, until HUP or the end of its input.
const COUNTER: &str = "trap 'echo usr1' USR1; trap 'echo int' INT; trap 'echo term' TERM
    trap 'echo bye; exit 3' HUP; exec 3<>fifo; echo up
    while :; do read -r _ <&3; done";

fn counting(world: &HandMade) -> Command {
    let fifo = world.room.home().join("fifo");
    nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRWXU).expect("a pipe with a name");
    world.command(&[], &["sh", "-c", COUNTER])
}

#[test]
fn a_signal_to_the_parent_reaches_the_command_once() {
    let world = HandMade::new();
    let mut running = Running::start(&mut counting(&world));
    assert_eq!(running.line(), "up");
    for (signal, word) in [
        (Signal::SIGUSR1, "usr1"),
        (Signal::SIGTERM, "term"),
        (Signal::SIGINT, "int"),
    ] {
        kill(running.pid(), signal).expect("sent");
        assert_eq!(running.line(), word);
    }
    kill(running.pid(), Signal::SIGHUP).expect("sent");
    assert_eq!(running.end(), (vec!["bye".to_owned()], Some(3)));
    world.nothing_is_left();
}

#[test]
fn a_signal_to_the_whole_process_group_reaches_the_command_once() {
    let world = HandMade::new();
    let mut running = Running::start(counting(&world).process_group(0));
    assert_eq!(running.line(), "up");
    killpg(running.pid(), Signal::SIGINT).expect("sent");
    assert_eq!(running.line(), "int");
    killpg(running.pid(), Signal::SIGHUP).expect("sent");
    assert_eq!(running.end(), (vec!["bye".to_owned()], Some(3)));
}

#[test]
fn a_terminals_interrupt_reaches_the_command_once_and_the_command_reads_its_keys() {
    let world = HandMade::new();
    let inner = "trap 'echo interrupted' INT; echo up
        while :; do read -r x || x=; [ \"$x\" = quit ] && exit 4; [ \"$x\" ] && echo got $x; done";
    let inner = world.room.write("inner", inner);
    let azure = format!(
        "{} fake run --join {} -- sh {}",
        env!("CARGO_BIN_EXE_azure"),
        world.ready.display(),
        inner.display()
    );
    // script(1) runs it on a terminal of its own, and types what it is fed.
    let mut script = world.room.command("script");
    script.args([
        "--quiet",
        "--return",
        "--flush",
        "--echo",
        "never",
        "--command",
    ]);
    script.arg(azure).arg("/dev/null").stdin(Stdio::piped());
    let mut running = Running::start(&mut script);
    let mut keys = running.child.stdin.take().expect("a pipe");
    assert_eq!(running.line(), "up");
    keys.write_all(b"\x03").expect("typed");
    assert_eq!(running.line(), "interrupted");
    keys.write_all(b"word\n").expect("typed");
    assert_eq!(running.line(), "got word");
    keys.write_all(b"quit\n").expect("typed");
    assert_eq!(running.end(), (vec![], Some(4)));
    world.nothing_is_left();
}

#[test]
fn nothing_stays_when_the_command_ends_by_a_signal() {
    let world = HandMade::new();
    let script = "sleep 1000 & setsid sleep 1000 & echo $!; exec sleep 1000";
    let mut running = Running::start(&mut world.command(&[], &["sh", "-c", script]));
    let daemon = Pid::from_raw(running.line().parse().expect("a process id"));
    kill(running.pid(), Signal::SIGTERM).expect("sent");
    let (_, code) = running.end();
    assert_eq!(code, Some(143));
    assert_eq!(
        kill(daemon, None),
        Err(nix::errno::Errno::ESRCH),
        "{daemon} still runs"
    );
    world.nothing_is_left();
}

#[test]
fn a_signal_that_is_ignored_stays_ignored() {
    let world = HandMade::new();
    let azure = env!("CARGO_BIN_EXE_azure");
    let script = format!(
        "trap '' HUP; exec {azure} fake run --join {} -- sh -c 'kill -HUP $$; echo alive'",
        world.ready.display()
    );
    let ran = run(world.room.command("sh").args(["-c", &script]));
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (Some(0), "alive\n"),
        "{}",
        ran.stderr
    );
}

#[test]
fn without_namespaces_the_step_is_named_and_the_command_runs_on_wish_alone() {
    let world = HandMade::new();
    // A user namespace that admits no further ones, without the power to mount.
    let refused = |option: &str| {
        let script = format!(
            "echo 0 >/proc/sys/user/max_user_namespaces || exit 77
            exec setpriv --bounding-set -sys_admin --inh-caps -sys_admin \
                {} fake run {option} --join {} -- sh -c 'echo ran; exit 5'",
            env!("CARGO_BIN_EXE_azure"),
            world.ready.display()
        );
        run(world
            .room
            .command("unshare")
            .args(["--user", "--map-root-user", "sh", "-c"])
            .arg(script))
    };
    let ran = refused("--without-names");
    if ran.code == Some(77) || ran.stderr.starts_with("unshare:") {
        writeln!(std::io::stderr(), "SKIPPED: {}", ran.stderr).expect("standard error");
        return;
    }
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (Some(5), "ran\n"),
        "{}",
        ran.stderr
    );
    let (warning, hints) = ran.stderr.split_once('\n').expect("lines");
    assert_eq!(
        warning,
        "warn:    the simulated names do not resolve: making a user namespace was refused: \
         the limit in /proc/sys/user/max_user_namespaces is reached"
    );
    assert!(hints.contains("tcp://ADDRESS:4243"), "{hints}");
    assert!(
        hints.contains(&world.hosts.display().to_string()),
        "{hints}"
    );
    // A client would ask the real host of that name.
    let stopped = refused("");
    assert_eq!(
        (stopped.code, stopped.stdout.as_str()),
        (Some(1), ""),
        "{}",
        stopped.stderr
    );
    assert!(
        stopped.stderr.contains("--without-names"),
        "{}",
        stopped.stderr
    );
    world.nothing_is_left();
}

#[test]
fn a_killed_run_leaves_neither_processes_nor_folders() {
    let world = HandMade::new();
    let script =
        "trap '' TERM; (trap '' TERM; sleep 1000) & setsid sleep 1000 & echo $! $$; wait; wait";
    let mut running = Running::start(&mut world.command(&[], &["sh", "-c", script]));
    let pids: Vec<i32> = running
        .line()
        .split_ascii_whitespace()
        .map(|pid| pid.parse().expect("a number"))
        .collect();

    kill(running.pid(), Signal::SIGKILL).expect("a living process");
    running.end();

    for pid in pids {
        while std::path::Path::new(&format!("/proc/{pid}")).exists() {
            std::thread::yield_now();
        }
    }
    while std::fs::read_dir(world.room.tmp())
        .expect("the temporary folder")
        .next()
        .is_some()
    {
        std::thread::yield_now();
    }
}

#[test]
fn authorities_that_node_knew_are_kept_and_proxies_that_it_asks_are_not() {
    let world = HandMade::new();
    let ca = world.room.write("company.pem", "of the company\n");
    let mut command = world.command(
        &[],
        &[
            "sh",
            "-c",
            "cat $NODE_EXTRA_CA_CERTS; echo [$HTTPS_PROXY$all_proxy$HTTP_PROXY] $NO_PROXY",
        ],
    );
    command
        .env("NODE_EXTRA_CA_CERTS", ca)
        .env("HTTPS_PROXY", "http://p:1")
        .env("all_proxy", "http://p:1")
        .env("HTTP_PROXY", "http://p:2")
        .env("NO_PROXY", "intra");
    let ran = run(&mut command);

    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stdout.contains("of the company"), "{}", ran.stdout);
    assert!(ran.stdout.contains("[] "), "{}", ran.stdout);
    assert!(ran.stdout.trim_end().ends_with(",intra"), "{}", ran.stdout);
}

#[test]
fn an_ordinary_user_gets_the_names_and_keeps_the_user_id() {
    const NOBODY: u32 = 65534;
    if !nix::unistd::geteuid().is_root() || !names_resolve_here() {
        return; // Whoever is no ordinary user tests it with all the other tests.
    }
    let world = HandMade::new();
    let room = world.room.home().parent().expect("the room").to_owned();
    // The built binary may lie in a home that others cannot enter.
    let azure = room.join("azure");
    std::fs::copy(env!("CARGO_BIN_EXE_azure"), &azure).expect("a copy");
    for path in walk(&room) {
        std::os::unix::fs::chown(&path, Some(NOBODY), Some(NOBODY)).expect("given away");
    }
    let script = "id -u; id -g; getent hosts made-before.cloudapp.net; touch mine";
    let mut command = world.room.command(&azure);
    command.uid(NOBODY).gid(NOBODY);
    command
        .args(["fake", "run", "--join"])
        .arg(&world.ready)
        .args(["--", "sh", "-c"]);
    // Twice over: inside, user namespaces are nested.
    let nested = format!(
        "{script}; exec {} fake run --join {} -- getent hosts made-before.cloudapp.net",
        azure.display(),
        world.ready.display()
    );
    let ran = run(command.arg(nested));
    assert_eq!(ran.stderr, "");
    let lines: Vec<_> = ran.stdout.lines().collect();
    assert_eq!(lines[..2], ["65534", "65534"]);
    assert!(
        lines[2].starts_with("127.77.0.1") && lines[3].starts_with("127.77.0.1"),
        "{lines:?}"
    );
    assert_eq!(
        world
            .room
            .home()
            .join("mine")
            .metadata()
            .expect("made")
            .uid(),
        NOBODY
    );
    world.nothing_is_left();
}

fn walk(folder: &std::path::Path) -> Vec<PathBuf> {
    let mut found = vec![folder.to_owned()];
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(walk(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[test]
fn a_run_without_join_has_a_simulator_of_its_own() {
    let room = CleanRoom::new();
    let script = r#"admin=$(sed -n 's/.*"admin": "\(.*\)".*/\1/p' "$AZURE_FAKE_READY_FILE")
        test -s "$AZURE_PUBLISH_SETTINGS" && test -s "$NODE_EXTRA_CA_CERTS"
        getent hosts localhost >/dev/null; echo "$admin"; kill -0 $PPID"#;
    let ran = run(&mut room.azure_command(&["fake", "run", "--", "sh", "-ec", script]));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(
        ran.stdout.starts_with("http://127.0.0.1:"),
        "{}",
        ran.stdout
    );
    assert_eq!(std::fs::read_dir(room.tmp()).expect("a folder").count(), 0);
    assert_eq!(std::fs::read_dir(room.home()).expect("a folder").count(), 0);
}

/// What a program of today would see in a run with a simulator of its own.
fn today(room: &CleanRoom, options: &[&str], script: &str) -> Command {
    let mut command = room.azure_command(&["fake", "run"]);
    command.args(options).args(["--", "sh", "-ec", script]);
    command
}

#[test]
fn programs_of_today_find_all_that_they_sign_in_with() {
    let room = CleanRoom::new();
    let script = r#"echo "$HTTPS_PROXY|$https_proxy|$NO_PROXY|$no_proxy|$HTTP_PROXY"
        echo "$AZURE_TENANT_ID|$AZURE_CLIENT_ID|$AZURE_CLIENT_SECRET|$AZURE_SUBSCRIPTION_ID"
        echo "$AZURE_POD_IDENTITY_AUTHORITY_HOST|$REQUESTS_CA_BUNDLE|$SSL_CERT_FILE"
        grep -c BEGIN "$REQUESTS_CA_BUNDLE"
        cat "$AZURE_FAKE_READY_FILE""#;
    let ran = run(&mut today(&room, &[], script));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let lines: Vec<_> = ran.stdout.splitn(5, '\n').collect();
    let ready: serde_json::Value = serde_json::from_str(lines[4]).expect("JSON");
    let told = |name: &str| ready[name].as_str().expect("text").to_owned();
    let direct = ".cloudapp.net,.cloudapp.azure.com,localhost,127.0.0.1";
    let proxy = told("proxy");
    assert_eq!(lines[0], format!("{proxy}|{proxy}|{direct}|{direct}|"));
    let signs_in: Vec<_> = lines[1].split('|').collect();
    assert_eq!(signs_in[0], told("tenant_id"));
    assert_eq!(signs_in[3], told("subscription_id"));
    assert!(
        signs_in[1].len() == 36 && signs_in[2].len() == 40,
        "{signs_in:?}"
    );
    let (service, bundle) = (told("metadata_service"), told("ca_bundle"));
    assert_eq!(lines[2], format!("{service}|{bundle}|{bundle}"));
    assert_ne!(lines[3], "0");
}

#[test]
fn a_proxy_that_was_set_is_behind_the_simulators_own() {
    let room = CleanRoom::new();
    let script = r#"echo "$HTTPS_PROXY|$HTTP_PROXY$ALL_PROXY|$NO_PROXY"
        getent hosts azcliprod.blob.core.windows.net || true"#;
    let set = |command: &mut Command| {
        command
            .env("HTTPS_PROXY", "http://company.example:3128")
            .env("HTTP_PROXY", "http://company.example:3128")
            .env("no_proxy", "intra");
    };
    let mut command = today(&room, &["--without-names"], script);
    set(&mut command);
    let ran = run(&mut command);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let (environment, hosts) = ran.stdout.split_once('\n').expect("lines");
    let parts: Vec<_> = environment.split('|').collect();
    assert!(parts[0].starts_with("http://127.0.0.1:"), "{environment}");
    assert_eq!(parts[1], "");
    for name in [".cloudapp.azure.com", ".blob.core.windows.net", "intra"] {
        assert!(
            parts[2].split(',').any(|part| part == name),
            "{name}: {environment}"
        );
    }
    if names_resolve_here() {
        assert!(hosts.starts_with("127.255.255.254"), "{hosts}");
    }

    let mut command = today(&room, &["--keep-proxies", "--without-names"], script);
    set(&mut command);
    let kept = run(&mut command).stdout;
    assert!(kept.starts_with("http://company.example:3128|"), "{kept}");
}

#[test]
fn az_is_signed_in_in_a_folder_of_its_own_where_there_is_one() {
    let room = CleanRoom::new();
    let without = run(&mut today(&room, &[], "! command -v az"));
    assert_eq!(without.code, Some(0), "{}", without.stdout);

    let az = room.write(
        "bin/az",
        "#!/bin/sh\necho \"$1|$AZURE_CONFIG_DIR\"\ncat \"$AZURE_CONFIG_DIR/azureProfile.json\" \
         \"$AZURE_CONFIG_DIR/service_principal_entries.json\"\n",
    );
    std::fs::set_permissions(&az, std::fs::Permissions::from_mode(0o755)).expect("a program");
    let script = r#"az 'a b'; echo; echo "$AZURE_CONFIG_DIR|$AZURE_CLIENT_SECRET"
        ls "$AZURE_CONFIG_DIR"; "#;
    let mut command = today(&room, &[], script);
    let path = format!("{}:/usr/bin:/bin", az.parent().expect("bin").display());
    let ran = run(command.env("PATH", path));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let lines: Vec<_> = ran.stdout.lines().collect();
    let (argument, folder) = lines[0].split_once('|').expect("two");
    assert_eq!(argument, "a b");
    let (profile, entries) = lines[1].split_once("}[").expect("both files");
    assert!(
        profile.contains("\"environmentName\":\"AzureCloud\""),
        "{profile}"
    );
    let (own, secret) = lines[2].split_once('|').expect("two");
    assert_ne!(own, folder);
    assert!(entries.contains(secret), "{entries}");
    assert!(!lines[3..].contains(&"azureProfile.json"), "{lines:?}");
}

#[test]
fn the_authorities_of_docker_hosts_are_in_the_bundle() {
    let room = CleanRoom::new();
    let script = r#"before=$(grep -c BEGIN "$REQUESTS_CA_BUNDLE")
        azure vm docker create web Ubuntu-14_04 me 'Pa$$w0rd1' -l 'West US' \
            --docker-cert-dir "$HOME/certs" >&2
        after=$(grep -c BEGIN "$SSL_CERT_FILE")
        echo $((after - before))
        sed -n 2p "$HOME/certs/ca.pem" | grep -qFf - "$REQUESTS_CA_BUNDLE""#;
    let ran = run(&mut today(&room, &["--without-names"], script));
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    assert_eq!(ran.stdout.trim(), "1");
}
