//! What a table cannot tell: streams that stay open, signals, time, limits.

use std::time::{Duration, Instant};

use super::super::super::{Child, Exit, Signal};
use super::*;

/// A shell that is being talked to.
struct Talk {
    child: Child,
    stdin: Option<Descriptor>,
    stdout: Descriptor,
    stderr: Descriptor,
}

impl Talk {
    fn start(space: &Arc<Space>, args: &[&str]) -> Self {
        let (input, stdin) = Process::pipe();
        let (stdout, output) = Process::pipe();
        let (stderr, errors) = Process::pipe();
        let mut launch = launch(args);
        launch.descriptors = Descriptors::standard(input, output, errors);
        Self {
            child: space.launch(launch).unwrap(),
            stdin: Some(stdin),
            stdout,
            stderr,
        }
    }

    async fn say(&self, text: &str) {
        let stdin = self.stdin.as_ref().unwrap();
        stdin.write(text.as_bytes(), NOW).await.unwrap();
    }

    /// Reads until as much has come as is expected.
    async fn hear(&self, expected: &str) {
        assert_eq!(read(&self.stdout, expected.len()).await, expected);
    }

    async fn end(&mut self) -> u8 {
        self.stdin = None;
        patiently(self.child.wait()).await.code()
    }
}

async fn read(from: &Descriptor, length: usize) -> String {
    let mut all = Vec::new();
    while all.len() < length {
        let bytes = patiently(from.read(length - all.len())).await.unwrap();
        if bytes.is_empty() {
            break;
        }
        all.extend(bytes);
    }
    String::from_utf8(all).unwrap()
}

async fn patiently<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.unwrap()
}

/// Lets the others run until something holds.
async fn until(holds: impl Fn() -> bool) {
    patiently(async {
        while !holds() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn commands_from_a_pipe_are_run_as_they_come() {
    let mut talk = Talk::start(&space(), &["sh"]);
    talk.say("echo a; x=1\n").await;
    talk.hear("a\n").await;
    talk.say("if true\nthen echo").await;
    talk.say(" $x\nfi\ncat <<E\nhere\n").await;
    talk.hear("1\n").await;
    talk.say("E\nexit 4\necho never\n").await;
    talk.hear("here\n").await;
    assert_eq!(talk.end().await, 4);
}

#[tokio::test]
async fn a_command_reads_what_follows_in_the_same_pipe() {
    let mut talk = Talk::start(&space(), &["bash"]);
    talk.say("read x\nvalue\necho $x\ncat\n").await;
    talk.hear("value\n").await;
    talk.say("to cat\n").await;
    talk.hear("to cat\n").await;
    assert_eq!(talk.end().await, 0);
}

#[tokio::test]
async fn an_end_within_a_command_is_an_error() {
    let mut talk = Talk::start(&space(), &["sh"]);
    talk.say("if true\n").await;
    assert_eq!(talk.end().await, 2);
    let words = "sh: syntax error: unexpected end of file (expecting \"then\")\n";
    assert_eq!(read(&talk.stderr, words.len()).await, words);
}

#[tokio::test]
async fn each_way_to_call_a_shell_works() {
    let script = "echo \"$0 $1 $#\"; nosuch\nexit 3\n";
    for (args, stdin, status, stdout, stderr) in [
        (
            vec!["sh", "s", "a"],
            "",
            3,
            "s a 1\n",
            "s: line 1: nosuch: not found\n",
        ),
        (
            vec!["dash", "s", "a"],
            "",
            3,
            "s a 1\n",
            "s: 1: nosuch: not found\n",
        ),
        (
            vec!["bash", "s", "a"],
            "",
            3,
            "s a 1\n",
            "s: line 1: nosuch: command not found\n",
        ),
        (vec!["sh", "-s", "a"], "echo $1 $-\n", 0, "a s\n", ""),
        (vec!["sh", "-e"], "false\necho never\n", 1, "", ""),
        (vec!["sh", "-ec", "false; echo never"], "", 1, "", ""),
        (vec!["sh", "-c", "echo $0 $1", "n", "a"], "", 0, "n a\n", ""),
        (vec!["sh", "-c", "echo $0"], "", 0, "sh\n", ""),
        (
            vec!["/bin/sh", "-c", "nosuch"],
            "",
            127,
            "",
            "/bin/sh: nosuch: not found\n",
        ),
        (
            vec!["sh", "-euxo", "pipefail", "-c", ":"],
            "",
            0,
            "",
            "+ :\n",
        ),
        (vec!["bash", "-lc", "echo in"], "", 0, "in\n", ""),
        (vec!["bash", "--norc", "-c", "echo in"], "", 0, "in\n", ""),
        (vec!["sh", "-c"], "", 2, "", "sh: -c requires an argument\n"),
        (vec!["sh", "-q"], "", 2, "", "sh: illegal option -q\n"),
        (
            vec!["sh", "nosuch"],
            "",
            2,
            "",
            "sh: can't open 'nosuch': No such file or directory\n",
        ),
    ] {
        let space = space();
        space
            .files()
            .write("/work/s", script, 0o644, &ROOT, NOW)
            .unwrap();
        let outcome = run_in(&space, &args, stdin).await;
        let expected = Outcome {
            status,
            stdout: stdout.to_owned(),
            stderr: stderr.to_owned(),
        };
        assert_eq!(outcome, expected, "{args:?}");
    }
}

#[tokio::test]
async fn a_shell_becomes_its_last_command() {
    for (script, becomes) in [
        ("sleep 300", true),
        ("true && sleep 300", true),
        ("if true; then sleep 300; fi", true),
        ("exec sleep 300; echo", true),
        ("sleep 300; echo", false),
        ("trap : TERM; sleep 300", false),
        ("for i in 1; do sleep 300; done", false),
        ("sleep 300 &\nwait", false),
    ] {
        let space = space_with("sh", Clock::by_hand(NOW));
        let talk = Talk::start(&space, &["sh", "-c", script]);
        until(|| {
            space
                .processes()
                .iter()
                .any(|known| known.args[0] == "sleep")
        })
        .await;
        let sleeper = space
            .processes()
            .into_iter()
            .find(|known| known.args[0] == "sleep");
        assert_eq!(sleeper.unwrap().pid == talk.child.pid, becomes, "{script}");
        space.end();
    }
}

#[tokio::test]
async fn the_first_process_hears_only_what_it_has_a_trap_for() {
    let space = space_with("sh", Clock::by_hand(NOW));
    let script = "trap 'echo term; exit 7' TERM; echo ready; while :; do sleep 1; done";
    let talk = Talk::start(&space, &["sh", "-c", script]);
    talk.hear("ready\n").await;
    assert!(space.signal(talk.child.pid, Signal::INT, true));
    assert!(space.signal(talk.child.pid, Signal::TERM, true));
    // The trap waits for the command in front to end.
    until(|| space.clock().sleepers() > 0).await;
    space.clock().advance(Duration::from_secs(1));
    talk.hear("term\n").await;
    assert_eq!(patiently(talk.child.wait()).await, Exit::Code(7));
}

#[tokio::test]
async fn one_move_of_the_clock_lets_a_loop_tell_each_of_its_moments() {
    let space = space_with("sh", Clock::by_hand(NOW));
    let script = "i=0; while [ $i -lt 3 ]; do sleep 10; date +%S; i=$((i+1)); done";
    let talk = Talk::start(&space, &["sh", "-c", script]);
    until(|| space.clock().sleepers() > 0).await;
    space.clock().advance(Duration::from_secs(30));
    patiently(async {
        while talk.child.exit().is_none() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    talk.hear("10\n20\n30\n").await;
}

#[tokio::test]
async fn a_signal_ends_wait_and_read_at_once() {
    for (script, status) in [
        ("sleep 300 & echo ready; wait; echo $?", "138\n"),
        ("echo ready; read x; echo $?", "138\n"),
    ] {
        let space = space_with("sh", Clock::by_hand(NOW));
        let script = format!("trap 'echo usr1' USR1; {script}");
        let talk = Talk::start(&space, &["sh", "-c", &script]);
        talk.hear("ready\n").await;
        // Whatever comes first, the signal or the waiting.
        tokio::task::yield_now().await;
        space.signal(talk.child.pid, Signal::USR1, true);
        talk.hear("usr1\n").await;
        talk.hear(status).await;
        space.end();
    }
}

#[tokio::test]
async fn a_signal_without_a_trap_ends_a_shell_that_loops() {
    let space = space();
    let init = space.run(Launch::new(["init"]), |_| std::future::pending());
    assert!(init.is_ok());
    let talk = Talk::start(&space, &["sh", "-c", "echo ready; while :; do :; done"]);
    talk.hear("ready\n").await;
    space.signal(talk.child.pid, Signal::TERM, true);
    assert_eq!(
        patiently(talk.child.wait()).await,
        Exit::Killed(Signal::TERM)
    );
}

#[tokio::test]
async fn the_end_of_a_pipe_ends_who_writes_into_it() {
    let outcome = sh("yes | head -n 1; while :; do echo y; done | head -n 1").await;
    assert_eq!((outcome.status, outcome.stdout.as_str()), (0, "y\ny\n"));
}

#[tokio::test]
async fn endless_recursion_is_refused() {
    let outcome = sh("f() { f; }; f; echo never").await;
    let words = "sh: Maximum function recursion depth (1000) reached\n";
    assert_eq!((outcome.status, outcome.stderr.as_str()), (2, words));
    let outcome = sh("x='eval \"$x\"'; eval \"$x\"; echo never").await;
    assert_eq!(outcome.status, 2);
    assert!(outcome.stderr.contains("Maximum function recursion depth"));
    let outcome = sh("echo . ./loop > loop; . ./loop; echo never").await;
    assert_eq!(outcome.status, 2);
}

#[tokio::test]
async fn processes_that_beget_processes_find_no_room() {
    let space = space();
    let talk = Talk::start(&space, &["sh", "-c", "f() { f | f; }; f"]);
    let words = "sh: can't fork: Resource temporarily unavailable\n";
    assert_eq!(read(&talk.stderr, words.len()).await, words);
    assert!(space.processes().len() <= 1024);
    space.end();
    until(|| talk.child.exit().is_some()).await;
    let outcome = sh("f() { (f); }; f").await;
    assert_eq!(outcome.status, 2);
}

#[tokio::test]
async fn texts_have_a_limit() {
    let start = Instant::now();
    for script in [
        "x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done",
        "x=$(yes)",
        "x=$(yes | head -c 9000000); echo $x$x$x > /dev/null",
    ] {
        let outcome = sh(script).await;
        assert_eq!(outcome.status, 2, "{script}");
        assert_eq!(outcome.stderr, "sh: out of memory\n", "{script}");
    }
    assert!(start.elapsed() < PATIENCE);
}

#[tokio::test]
async fn a_long_script_from_a_pipe_is_not_read_again_and_again() {
    let start = Instant::now();
    let lines = "a line of a document\n".repeat(50_000);
    let script = format!("wc -l <<E\n{lines}E\n");
    let outcome = run_in(&space(), &["sh"], &script).await;
    assert_eq!(outcome.stdout.trim(), "50000");
    assert!(start.elapsed() < PATIENCE);
}

#[tokio::test]
async fn bytes_that_are_no_text_come_through() {
    let space = space();
    let bytes: Vec<u8> = (1..=255).collect();
    space
        .files()
        .write("/work/f", bytes.clone(), 0o644, &ROOT, NOW)
        .unwrap();
    let script = "x=$(cat f; echo end); echo \"${x%end}\" > g";
    assert_eq!(run_in(&space, &["sh", "-c", script], "").await.status, 0);
    let written = space.files().read("/work/g", &ROOT).unwrap();
    assert_eq!(written.strip_suffix(b"\n"), Some(bytes.as_slice()));
}

#[tokio::test]
async fn a_user_without_rights_is_told_so() {
    let space = space();
    let mut launch = launch(&["sh", "-c", "echo a > f; echo $?; id -u; echo ~"]);
    launch.user = Credentials::new(7, 7);
    launch.env.retain(|(name, _)| name != "HOME");
    let (output, stdout) = Process::pipe();
    let (errors, stderr) = Process::pipe();
    launch.descriptors = Descriptors::standard(Descriptor::Null, stdout, stderr);
    let child = space.launch(launch).unwrap();
    patiently(child.wait()).await;
    assert_eq!(read(&output, 6).await, "1\n7\n~\n");
    let words = "sh: can't create f: Permission denied\n";
    assert_eq!(read(&errors, words.len()).await, words);
}

#[tokio::test]
async fn what_fails_is_told_in_the_words_of_each_shell() {
    for (shell, script, status, stderr) in [
        (
            "bash",
            "((1/0 + 2)); echo $?; let 4%0; for ((i=1/0;;)); do :; done; exit 5",
            5,
            "bash: line 1: ((: 1/0 + 2: division by 0 (error token is \"0 + 2\")\n\
             bash: line 1: let: 4%0: division by 0 (error token is \"0\")\n\
             bash: line 1: ((: i=1/0: division by 0 (error token is \"0\")\n",
        ),
        (
            "bash",
            "if true; then",
            2,
            "bash: -c: line 2: syntax error: unexpected end of file\n",
        ),
        (
            "bash",
            "if true\nthen\n",
            2,
            "bash: -c: line 3: syntax error: unexpected end of file\n",
        ),
        (
            "sh",
            "printf",
            2,
            "sh: usage: printf FORMAT [ARGUMENT...]\n",
        ),
        (
            "dash",
            "printf",
            2,
            "dash: 1: printf: usage: printf format [arg ...]\n",
        ),
        (
            "bash",
            "printf",
            2,
            "printf: usage: printf [-v var] format [arguments]\n",
        ),
        (
            "sh",
            "printf %d x >/dev/null",
            1,
            "sh: invalid number 'x'\n",
        ),
        (
            "dash",
            "printf %d x >/dev/null",
            1,
            "dash: 1: printf: x: expected numeric value\n",
        ),
        (
            "bash",
            "printf %d x >/dev/null",
            1,
            "bash: line 1: printf: x: invalid number\n",
        ),
        (
            "sh",
            "unset PATH; ls; echo $? >&2",
            0,
            "sh: ls: not found\n127\n",
        ),
        (
            "dash",
            "unset PATH; ls; exit 3",
            3,
            "dash: 1: ls: not found\n",
        ),
        (
            "bash",
            "unset PATH; ls; exit 3",
            3,
            "bash: line 1: ls: No such file or directory\n",
        ),
    ] {
        let outcome = run_in(&space(), &[shell, "-c", script], "").await;
        assert_eq!(
            (outcome.status, outcome.stderr.as_str()),
            (status, stderr),
            "{shell} {script}"
        );
    }
    let quoted = "printf '%q %q %q %q' 'a b' '' \"it's\" \"$(printf 'x\\ny')\"";
    let outcome = run_in(&space(), &["bash", "-c", quoted], "").await;
    assert_eq!(outcome.stdout, r"a\ b '' it\'s $'x\ny'");
}

#[tokio::test]
async fn dash_and_bash_complain_in_their_own_words() {
    for (shell, script, status, stderr) in [
        ("dash", "nosuch", 127, "dash: 1: nosuch: not found\n"),
        (
            "dash",
            "fi",
            2,
            "dash: 1: Syntax error: \"fi\" unexpected\n",
        ),
        (
            "dash",
            "echo 'a",
            2,
            "dash: 1: Syntax error: Unterminated quoted string\n",
        ),
        (
            "dash",
            "cd /nosuch",
            2,
            "dash: 1: cd: can't cd to /nosuch\n",
        ),
        (
            "dash",
            "cat < nosuch",
            2,
            "dash: 1: cannot open nosuch: No such file\n",
        ),
        ("dash", "echo ${x?}", 2, "dash: 1: x: parameter not set\n"),
        (
            "dash",
            "echo $((1/0))",
            2,
            "dash: 1: arithmetic expression: division by zero: \"1/0\"\n",
        ),
        (
            "dash",
            "a=1; echo $((++a)); echo $((a++))",
            2,
            "dash: 1: arithmetic expression: expecting primary: \"a++\"\n",
        ),
        (
            "dash",
            "echo $((1, 2))",
            2,
            "dash: 1: arithmetic expression: expecting EOF: \"1, 2\"\n",
        ),
        (
            "bash",
            "nosuch",
            127,
            "bash: line 1: nosuch: command not found\n",
        ),
        (
            "bash",
            "cd /nosuch",
            1,
            "bash: line 1: cd: /nosuch: No such file or directory\n",
        ),
        (
            "bash",
            "cat < nosuch",
            1,
            "bash: line 1: nosuch: No such file or directory\n",
        ),
        (
            "bash",
            "set -u; echo $x",
            127,
            "bash: line 1: x: unbound variable\n",
        ),
        (
            "bash",
            "fi",
            2,
            "bash: -c: line 1: syntax error near unexpected token `fi'\nbash: -c: line 1: `fi'\n",
        ),
        (
            "bash",
            "echo 'a",
            2,
            "bash: -c: line 1: unexpected EOF while looking for matching `''\n",
        ),
        (
            "bash",
            "(echo $((1/0)))\necho $((2/0)); exit 3\nexit 4",
            4,
            "bash: line 1: 1/0: division by 0 (error token is \"0\")\nbash: line 2: 2/0: division by 0 \
             (error token is \"0\")\n",
        ),
    ] {
        let outcome = run_in(&space(), &[shell, "-c", script], "").await;
        assert_eq!(
            (outcome.status, outcome.stderr.as_str()),
            (status, stderr),
            "{script}"
        );
    }
}

#[tokio::test]
async fn echo_reads_the_escapes_that_each_shell_knows() {
    let script = r"echo '\101\0101\x41\\x41'; echo -e '\101\0101\x41'; echo -n y";
    for (shell, stdout) in [
        ("sh", "\\101\\0101\\x41\\\\x41\nAAA\ny"),
        ("dash", "AA\\x41\\x41\n-e AA\\x41\ny"),
        ("bash", "\\101\\0101\\x41\\\\x41\n\\101AA\ny"),
    ] {
        let outcome = run_in(&space(), &[shell, "-c", script], "").await;
        assert_eq!(outcome.stdout, stdout, "{shell}");
    }
}

#[tokio::test]
async fn an_error_in_a_document_is_that_of_the_document() {
    let outcome = sh("cat <<E\n${x?gone}\nE\necho $?; x=$(exit 3)$?; echo $x").await;
    assert_eq!((outcome.stdout.as_str(), outcome.status), ("0\n0\n", 0));
    let outcome = run_in(&space(), &["bash", "-c", "x=$(exit 3)$?; echo $x"], "").await;
    assert_eq!(outcome.stdout, "3\n");
}
