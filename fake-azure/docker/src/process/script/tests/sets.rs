//! Scripts as they are read, gathered and refused.

use std::sync::{Arc, Mutex};

use super::api;
use crate::process::script::bench::{Bench, NoPrograms};
use crate::process::script::{Assumed, ImageBuilder, Script, Scripts};

fn error(document: &str) -> String {
    Scripts::parse("test.toml", document)
        .unwrap_err()
        .to_string()
}

fn api_error(rest: &str) -> String {
    error(&format!(
        "[[image]]\nname = 'acme/api'\n[[image.program]]\ncommand = 'api'\n{rest}"
    ))
}

#[tokio::test]
async fn undeclared_commands_fail_with_a_hint_or_pass_and_are_told() {
    let bench = api("");
    let (code, _, err) = bench.run("apk add curl").await;
    assert_eq!(code, 127);
    assert!(
        err.starts_with("sh: apk: not found\napk: nothing is installed"),
        "{err}"
    );
    assert!(
        err.contains("`apk add curl`") && err.contains("--assume-ok"),
        "{err}"
    );

    bench.program("/sbin/apk", "apk");
    bench.program("/usr/bin/frob", "frob");
    bench.program("/usr/bin/python3", "python3");
    let (code, _, err) = bench.run("apk add curl").await;
    assert_eq!(code, 127);
    assert!(err.starts_with("apk: nothing is installed"), "{err}");
    let (code, _, err) = bench.run("frob x").await;
    assert_eq!(code, 127);
    assert!(
        err.starts_with("frob: this program is not simulated: declare"),
        "{err}"
    );
    let bench = bench.env("PYTHON_VERSION", "3.12.1");
    assert_eq!(bench.run("python3 --version").await.1, "Python 3.12.1\n");

    let told = Arc::new(Mutex::new(Vec::new()));
    let kept = told.clone();
    let assumed = Assumed::new(move |args| kept.lock().unwrap().push(args.join(" ")));
    let scripts = Scripts::new().assume_ok(true);
    let bench = Bench::new(scripts.programs(["any"], Arc::new(NoPrograms), assumed));
    assert_eq!(bench.run("apk add curl").await.0, 0);
    assert_eq!(bench.run("frobnicate").await.0, 0);
    assert_eq!(
        told.lock().unwrap().as_slice(),
        ["apk add curl", "frobnicate"]
    );
}

#[tokio::test]
async fn a_defined_image_has_files_that_are_its_programs_wherever_they_are_copied() {
    let scripts = Scripts::parse(
        "a.toml",
        "[[image]]
         name = 'acme/tool:1'
         [image.defines]
         from = 'alpine'
         cmd = 'tool'
         expose = [80, '53/udp']
         env = { A = '1' }
         health = { test = ['tool', 'check'], interval = '5s' }
         file = [{ path = '/etc/tool', content = '{x}' }]
         [[image.program]]
         command = ['tool', 'check']
         exits = 1
         [[image.program]]
         command = 'tool'
         prints = 'tool'",
    )
    .unwrap();
    assert!(scripts.definition("acme/tool").is_none());
    let (definition, files) = scripts.definition("docker.io/acme/tool:1").unwrap();
    assert_eq!(definition.expose, ["80/tcp", "53/udp"]);
    assert_eq!(definition.cmd.as_deref(), Some(&["tool".to_owned()][..]));
    assert_eq!(definition.files[0].content, "{x}");
    let [file] = files.as_slice() else {
        panic!("{files:?}")
    };
    assert_eq!(file.path, "/usr/local/bin/tool");

    let bench = Bench::with(&scripts);
    bench.write("/opt/copy", &file.content, 0o755);
    assert_eq!(bench.run("/opt/copy").await.1, "tool\n");
    assert_eq!(bench.run("/opt/copy check").await.0, 1);
}

#[test]
fn errors_name_file_line_image_program_and_field() {
    assert_eq!(
        api_error("prints = 'a'\nexit = 3"),
        "test.toml:6: image `acme/api`, program `api`: unknown field `exit`, expected one of \
         `command`, `only`, `need`, `user`, `title`, `child`, `prints`, `stderr`, `steps`, `stdin`, `signals`, `port`, \
         `exits`, `exits_after`, `crashes`, `stays` (in `exit = 3`)"
    );
    let cases = [
        ("prints = 3", "invalid type: integer `3`"),
        ("prints = '{hostnam}'", "there is no variable `{hostnam}`"),
        ("exits = 256", "256"),
        ("exits = 1\ncrashes = 'SEGV'", "either `exits` or `crashes`"),
        ("crashes = 'NOPE'", "there is no signal `NOPE`"),
        (
            "steps = [{ exit = 1 }, { print = 'x' }]",
            "step 2 never happens",
        ),
        (
            "steps = [{ every = 1, print = 'x' }]\nexits = 0",
            "step 2 never happens",
        ),
        ("steps = [{ content = 'x' }]", "`content` goes with"),
        (
            "steps = [{ after = 'soon' }]",
            "`soon` is no length of time",
        ),
        ("steps = [{ after = -1 }]", "`-1` is no length of time"),
        (
            "steps = [{ chmod = '/x', mode = '99' }]",
            "`99` are no permissions",
        ),
        (
            "steps = [{ expect = { regex = '(' } }]",
            "`(` is no regular expression",
        ),
        (
            "signals = { KILL = 'ignore' }",
            "no program handles SIGKILL",
        ),
        ("signals = { TERM = 'reload' }", "not `reload`"),
        (
            "port = [{ number = 0, does = 'echo' }]",
            "a port from 1 to 65535",
        ),
        (
            "port = [{ number = 'x', does = 'echo' }]",
            "a port is a number",
        ),
        ("port = [{ number = 80 }]", "answers in one way"),
        (
            "port = [{ number = 80, does = 'sing' }]",
            "unknown variant `sing`",
        ),
        (
            "port = [{ number = 80, route = [{ on = '/' }] }]",
            "`/` is no request",
        ),
        (
            "port = [{ number = 80, route = [{ body = '' }] }]",
            "a route says what it is for",
        ),
        (
            "port = [{ number = 80, route = [{ on = 'GET /', body = '', file = '' }] }]",
            "one of `body`, `json` and `file`",
        ),
        (
            "port = [{ number = 80, route = [{ on = 'GET /', status = 99 }] }]",
            "99 is no status",
        ),
        (
            "port = [{ number = 80, raw = { greeting = { hex = '0' } } }]",
            "hexadecimal",
        ),
        (
            "stdin = { answer = [{ say = 'x' }] }",
            "which lines it answers",
        ),
    ];
    for (rest, expected) in cases {
        let error = api_error(rest);
        assert!(error.contains(expected), "{rest}: {error}");
        assert!(
            error.starts_with("test.toml:")
                && error.contains(": image `acme/api`, program `api`: "),
            "{error}"
        );
    }
    assert_eq!(
        error("[[image]]\nname = 'acme/*'\ndefines = {}\n"),
        "test.toml:1: image `acme/*`: `acme/*` stands for many images: give the one that it \
         `defines` its whole name (in `[[image]]`)"
    );
    assert_eq!(error(""), "test.toml: there is no `[[image]]` in it");
    assert!(error("[[image]]\nname = 'a'\n").contains("nothing is said of the image"));
    assert!(error("[[image]\n").starts_with("test.toml:1: "));
    assert!(error("[[image]]\nname = 'A B'").contains("is no name of an image"));
    let words = "[[image]]\nname = 'a'\n[[image.program]]\ncommand = 'npm install'";
    assert!(error(words).contains(r#"write ["npm", "install"]"#));
}

#[test]
fn a_builder_tells_what_means_nothing() {
    let wrong = |script: ImageBuilder| Scripts::new().with(script).unwrap_err().to_string();
    assert_eq!(
        wrong(Script::image("A")),
        "script: image `A`: `A` is no name of an image: it has lower-case letters, digits and \
         `.-_/:` alone"
    );
    assert_eq!(
        wrong(Script::image("a").program("b").exits(0).prints("x").into()),
        "script: image `a`, program `b`: step 2 never happens: the one before it has no end or \
         ends the program"
    );
    assert_eq!(
        wrong(Script::image("a").program("b").exits_on("KILL", 0).into()),
        "script: image `a`, program `b`: there is no signal `KILL` that can be handled"
    );
}

#[test]
fn scripts_that_are_merged_later_are_looked_at_first() {
    let script = |words: &str| {
        let text = format!("[[image]]\nname = '*'\n[[image.program]]\ncommand = '{words}'");
        Scripts::parse("x", &text).unwrap()
    };
    let mut all = script("a");
    all.merge(script("b"));
    let commands: Vec<String> = all
        .images()
        .iter()
        .filter_map(|image| image.programs[0].command.file())
        .collect();
    assert_eq!(commands, ["/usr/local/bin/b", "/usr/local/bin/a"]);
}
