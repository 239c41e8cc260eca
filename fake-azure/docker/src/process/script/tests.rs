//! Scripts at work.

mod ports;
mod sets;

use std::time::Duration;

use super::bench::Bench;

const SECOND: Duration = Duration::from_secs(1);

/// A script for one program `api` of the image that the bench runs.
fn api(rest: &str) -> Bench {
    Bench::of(&format!(
        "[[image]]\nname = 'acme/api'\n[[image.program]]\ncommand = 'api'\n{rest}"
    ))
}

#[tokio::test]
async fn a_program_prints_and_ends_with_its_code() {
    let bench = api("prints = ['a {args.1}', 'b']\nstderr = 'c'\nexits = 3");
    let (code, out, err) = bench.run("api x").await;
    assert_eq!((code, out.as_str(), err.as_str()), (3, "a x\nb\n", "c\n"));
}

#[tokio::test]
async fn steps_happen_at_their_times() {
    let bench = api("steps = [
           { print = 'start' },
           { after = 2, print = 'later' },
           { every = '10s', times = 3, print = 'tick {counter}' },
           { raw = 'end' },
         ]");
    let running = bench.start("api");
    for _ in 0..3 {
        bench.pass(10 * SECOND).await;
    }
    assert_eq!(running.exit(), Some(0));
    assert_eq!(
        running.out.text(),
        "start\nlater\ntick 1\ntick 2\ntick 3\nend"
    );
    assert_eq!(running.out.seconds(), [0, 2, 2, 12, 22, 22]);
}

#[tokio::test]
async fn texts_tell_of_the_process() {
    let bench = api("prints = '{env.A}|{env.B:-none}|{args}|{hostname}|{pid}|{time}|{args.0}'");
    let (_, out, _) = bench.env("A", "1").run("api x y").await;
    assert_eq!(out, "1|none|x y|box|1|1970-01-01T00:00:00Z|api\n");
}

#[tokio::test]
async fn a_program_leaves_files() {
    let bench = api("steps = [
           { mkdir = '/data/x' },
           { write = '/data/x/f', content = \"one {args.1}\\n\", mode = '0600' },
           { append = '/data/x/f', content = \"two\\n\" },
           { write = '/data/gone' },
           { remove = '/data/gone' },
           { remove = '/never' },
           { chmod = '/data/x', mode = '0700' },
           { write = '/no/such/place', content = 'x' },
         ]");
    let (code, _, err) = bench.run("api 1").await;
    assert_eq!(code, 0);
    assert_eq!(bench.read("/data/x/f").as_deref(), Some("one 1\ntwo\n"));
    assert_eq!(bench.read("/data/gone"), None);
    let mode = |path| {
        let stat = bench.files().stat(path, &crate::files::Credentials::ROOT);
        stat.unwrap().meta.mode & 0o777
    };
    assert_eq!((mode("/data/x/f"), mode("/data/x")), (0o600, 0o700));
    assert_eq!(err, "api: /no/such/place: No such file or directory\n");
}

#[tokio::test]
async fn signals_are_ignored_or_answered() {
    let bench = api("stays = true
         [image.program.signals]
         HUP = { print = 'reloaded {counter}' }
         INT = 'ignore'
         TERM = [{ print = 'bye' }, { after = '2s', exit = 7 }]");
    let running = bench.start("api");
    bench.settle().await;
    for signal in ["HUP", "INT", "USR1", "HUP"] {
        running.signal(signal);
        bench.settle().await;
    }
    assert_eq!(running.out.text(), "reloaded 1\nreloaded 2\n");
    running.signal("TERM");
    bench.pass(SECOND).await;
    assert_eq!(running.exit(), None);
    bench.pass(SECOND).await;
    assert_eq!(running.exit(), Some(7));
    assert!(running.out.text().ends_with("bye\n"));
}

#[tokio::test]
async fn a_program_answers_lines_of_its_input() {
    let bench = api("[image.program.stdin]
         greeting = 'hello'
         prompt = '> '
         at_end = 4
         answer = [
           { to = 'add * *', say = '{1}-{2}' },
           { to = { regex = '^say (?<what>.+)$' }, say = '{match.what}', log = 'said' },
           { to = 'keep *', set = { kept = '{1}' }, raw = '' },
           { to = 'show', say = ['{state.kept}', '{count.c}'] },
           { to = 'quit', exit = 9 },
         ]
         otherwise = { say = 'what is {line}?' }");
    let mut running = bench.start("api");
    running
        .type_in("add 1 2\nsay a b\r\nkeep x\nshow\nnonsense\n")
        .await;
    bench.settle().await;
    assert_eq!(
        running.out.text(),
        "hello\n> 1-2\n> said\na b\n> > x\n0\n> what is nonsense?\n> "
    );
    running.type_in("quit").await;
    running.stdin = None;
    assert_eq!(running.wait().await, 9);

    let mut running = bench.start("api");
    running.stdin = None;
    assert_eq!(running.wait().await, 4);
}

#[tokio::test]
async fn steps_read_and_expect_lines() {
    let bench = api("steps = [
           { raw = 'Name: ' },
           { read = 'name' },
           { print = 'hi {state.name}' },
           { expect = 'y*', otherwise = 5 },
           { print = 'good' },
         ]");
    let running = bench.start("api");
    running.type_in("Ann\nno\n").await;
    assert_eq!(running.wait().await, 5);
    assert_eq!(running.out.text(), "Name: hi Ann\n");
}

#[tokio::test]
async fn a_program_echoes_its_input() {
    let bench = api("stdin = 'echo'");
    let mut running = bench.start("api");
    running.type_in("a\nb").await;
    running.stdin = None;
    assert_eq!(running.wait().await, 0);
    assert_eq!(running.out.text(), "a\nb");
}

#[tokio::test]
async fn a_missing_variable_is_told_and_ends_it() {
    let needs = "[[image.program.need]]\nenv = 'TOKEN'\nunless = ['INSECURE']\nmessage = 'no TOKEN'\nexit = 2";
    let (code, _, err) = api(needs).run("api").await;
    assert_eq!((code, err.as_str()), (2, "no TOKEN\n"));
    assert_eq!(api(needs).env("TOKEN", "x").run("api").await.0, 0);
    assert_eq!(api(needs).env("INSECURE", "1").run("api").await.0, 0);
}

#[tokio::test]
async fn a_crash_shows_the_signal() {
    assert_eq!(api("crashes = 'SEGV'").run("api").await.0, 139);
    let bench = Bench::of(
        "[[image]]
         name = 'acme/*'
         [[image.program]]
         command = 'api'
         steps = [{ run = ['bad', '{args.1}'] }, { print = 'then' }, { exec = ['good'] }]
         [[image.program]]
         command = 'bad'
         prints = 'bad {args.1}'
         crashes = 'ABRT'
         [[image.program]]
         command = 'good'
         prints = 'good {pid}'
         exits = 4",
    );
    let (code, out, _) = bench.run("api x").await;
    assert_eq!((code, out.as_str()), (4, "bad x\nthen\ngood 1\n"));
}

#[tokio::test]
async fn what_is_not_there_is_told_by_the_program_that_asks_for_it() {
    let bench = api("steps = [{ run = 'nothing' }, { exec = ['nowhere'] }]");
    let (code, _, err) = bench.run("api").await;
    assert_eq!(code, 127);
    assert_eq!(err, "api: nothing: not found\nnowhere: not found\n");
}

#[tokio::test]
async fn a_command_does_something_else_the_first_times_and_while_it_is_young() {
    let bench = Bench::of(
        "[[image]]
         name = 'acme/api'
         [[image.program]]
         command = 'main'
         stays = true
         [[image.program]]
         command = 'flaky'
         only = { runs = 2 }
         exits = 1
         [[image.program]]
         command = 'flaky'
         [[image.program]]
         command = 'health'
         only = { until = '5s' }
         exits = 1
         [[image.program]]
         command = 'health'
         only = { env = { MODE = 'sick' } }
         exits = 2
         [[image.program]]
         command = 'health'
         only = { runs = 4 }",
    );
    bench.start("main");
    let mut codes = Vec::new();
    for line in ["flaky", "flaky", "flaky", "health"] {
        codes.push(bench.run(line).await.0);
    }
    bench.pass(5 * SECOND).await;
    codes.push(bench.run("health").await.0);
    let bench = bench.env("MODE", "sick");
    codes.push(bench.run("health").await.0);
    let bench = bench.env("MODE", "well");
    codes.push(bench.run("health").await.0);
    let (code, _, err) = bench.run("health").await;
    codes.push(code);
    assert_eq!(codes, [1, 1, 0, 1, 0, 2, 0, 127]);
    assert_eq!(
        err,
        "health: no program of the script stands for this command now\n"
    );
}

#[tokio::test]
async fn a_program_has_a_title_a_user_and_processes_beside_it() {
    let bench = api("user = 'web'
         title = 'api: {args} on {hostname}'
         child = [
           { title = 'api: worker {child}', number = 2 },
           { title = 'api: one for each', number = 'processors', user = '7' },
           { runs = ['job', '{child}'] },
         ]
         steps = [{ write = '/tmp/own' }]
         stays = true
         signals.TERM = { exit = 0 }
         [[image.program]]
         command = 'job'
         stays = true");
    bench.write("/etc/passwd", b"root:x:0:0:::\nweb:x:33:34:::\n", 0o644);
    bench
        .files()
        .create_dir_all(
            "/tmp",
            0o777,
            &crate::files::Credentials::ROOT,
            bench.clock.now(),
        )
        .unwrap();
    bench
        .files()
        .chmod("/tmp", 0o777, &crate::files::Credentials::ROOT)
        .unwrap();
    let running = bench.start("api serve all");
    bench.settle().await;
    let shown: Vec<_> = bench.space.processes();
    let lines: Vec<String> = shown
        .iter()
        .map(|info| {
            format!(
                "{} {} {} {}",
                info.parent,
                info.uid,
                info.name,
                info.command_line()
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            "0 33 api api: serve all on box",
            "1 33 api api: worker 1",
            "1 33 api api: worker 2",
            "1 33 api api: one for each",
            "1 33 job job 1",
        ]
    );
    let stat = bench
        .files()
        .stat("/tmp/own", &crate::files::Credentials::ROOT)
        .unwrap();
    assert_eq!((stat.meta.uid, stat.meta.gid), (33, 34));
    running.signal("TERM");
    assert_eq!(running.wait().await, 0);
    bench.settle().await;
    assert!(bench.space.processes().is_empty());

    // Of a program that stays root, a child may be somebody else.
    let bench = api("child = [{ title = 'w', user = 'web' }]\nstays = true");
    bench.write("/etc/passwd", b"root:x:0:0:::\nweb:x:33:34:::\n", 0o644);
    let running = bench.start("api");
    bench.settle().await;
    let users: Vec<u32> = bench
        .space
        .processes()
        .iter()
        .map(|info| info.uid)
        .collect();
    assert_eq!(users, [0, 33]);
    drop(running);

    let bench = api("user = 'nobody'");
    let (code, _, err) = bench.run("api").await;
    assert_eq!((code, err.as_str()), (1, "api: unknown user nobody\n"));
    for wrong in [
        "child = [{ runs = [] }]",
        "child = [{ runs = 'a', title = 'b' }]",
        "child = [{ number = -1 }]",
        "child = [{ number = 'many' }]",
    ] {
        let text = format!("[[image]]\nname = 'a'\n[[image.program]]\ncommand = 'x'\n{wrong}");
        assert!(super::Scripts::parse("x.toml", &text).is_err(), "{wrong}");
    }
}
