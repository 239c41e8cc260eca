use super::*;
use crate::build::dockerfile::line::Lines;

fn read(text: &str) -> Result<Command, Flaw> {
    let mut lines = Lines::of(text);
    let line = lines.next_line()?.expect("an instruction");
    Command::read(&Statement::read(&line, lines.escape())?)
}

fn refusal(text: &str) -> String {
    read(text).unwrap_err().to_string()
}

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|word| (*word).to_owned()).collect()
}

fn pair(name: &str, value: &str) -> Pair {
    (name.to_owned(), value.to_owned())
}

#[test]
fn every_instruction_is_read_whatever_its_case() {
    let line = |list: &[&str], is_shell| CommandLine {
        words: words(list),
        is_shell,
    };
    for (text, command) in [
        (
            "arg a=1 b",
            Command::Arg(vec![
                ("a".to_owned(), Some("1".to_owned())),
                ("b".to_owned(), None),
            ]),
        ),
        ("Cmd a b", Command::Cmd(line(&["a b"], true))),
        ("CMD []", Command::Cmd(line(&[], false))),
        (
            "ENTRYPOINT [\"a\"]",
            Command::Entrypoint(line(&["a"], false)),
        ),
        (
            "ENV a=1 b=2",
            Command::Env(vec![pair("a", "1"), pair("b", "2")]),
        ),
        ("ENV a 1 2", Command::Env(vec![pair("a", "1 2")])),
        (
            "EXPOSE 90 80/udp",
            Command::Expose(words(&["80/udp", "90"])),
        ),
        ("LABEL a=b", Command::Label(vec![pair("a", "b")])),
        ("MAINTAINER A B", Command::Maintainer("A B".to_owned())),
        ("ONBUILD  RUN x", Command::Onbuild("RUN x".to_owned())),
        ("SHELL [\"sh\"]", Command::Shell(words(&["sh"]))),
        ("STOPSIGNAL 9", Command::Stopsignal("9".to_owned())),
        ("USER a:b", Command::User("a:b".to_owned())),
        ("VOLUME /a /b", Command::Volume(words(&["/a", "/b"]))),
        ("VOLUME [\"/a b\"]", Command::Volume(words(&["/a b"]))),
        ("WORKDIR /a b", Command::Workdir("/a b".to_owned())),
    ] {
        assert_eq!(read(text), Ok(command), "{text}");
    }
}

#[test]
fn files_come_from_the_context_a_stage_or_an_image() {
    let Ok(Command::Copy(files)) = read("COPY --from=a --chown=b --chmod=1 --link x y /z/") else {
        panic!("COPY is read");
    };

    assert_eq!(files.sources, ["x", "y"]);
    assert_eq!(files.destination, "/z/");
    assert_eq!(
        [files.from, files.chown, files.chmod],
        ["a", "b", "1"].map(str::to_owned)
    );
    let Ok(Command::Add(files)) = read("ADD [\"a b\", \"/c d\"]") else {
        panic!("ADD is read");
    };
    assert_eq!(files.sources, ["a b"]);
    assert_eq!(files.destination, "/c d");
}

#[test]
fn a_stage_has_a_base_and_perhaps_a_name_and_a_platform() {
    let from = |base: &str, name: &str, platform: &str| {
        Ok(Command::From(From {
            base: base.to_owned(),
            name: name.to_owned(),
            platform: platform.to_owned(),
        }))
    };

    assert_eq!(read("FROM a"), from("a", "", ""));
    assert_eq!(
        read("FROM --platform=linux/arm64 a:1 as B.c"),
        from("a:1", "b.c", "linux/arm64")
    );
}

#[test]
fn a_run_keeps_its_first_flag_to_refuse_it_later() {
    let Ok(Command::Run(run)) = read("RUN --network=none --mount=type=cache,target=/x true") else {
        panic!("RUN is read");
    };

    assert_eq!(run.flag, Some("network"));
    assert_eq!(run.command.words, ["true"]);
}

#[test]
fn a_health_check_has_times_and_retries() {
    let Ok(Command::Healthcheck(check)) = read(
        "HEALTHCHECK --interval=1m --timeout=2s --start-period=3s --start-interval=4ms --retries=5 CMD a b",
    ) else {
        panic!("HEALTHCHECK is read");
    };

    assert_eq!(check.test, ["CMD-SHELL", "a b"]);
    assert_eq!(
        check.to_string(),
        r#"&{["CMD-SHELL" "a b"] "1m0s" "2s" "3s" "4ms" '\x05'}"#
    );
    assert!(matches!(
        read("HEALTHCHECK --interval=x none"),
        Ok(Command::Healthcheck(check)) if check.test == ["NONE"]
    ));
}

#[test]
fn what_an_instruction_cannot_be_without_is_missed() {
    for (text, words) in [
        (
            "ADD a",
            "ADD requires at least two arguments, but only one was provided. Destination could not be determined",
        ),
        (
            "COPY",
            "COPY requires at least two arguments, but only one was provided. Destination could not be determined",
        ),
        ("ARG", "ARG requires at least one argument"),
        ("ENV", "ENV requires at least one argument"),
        ("ENV a", "ENV must have two arguments"),
        ("EXPOSE", "EXPOSE requires at least one argument"),
        ("FROM", "FROM requires either one or three arguments"),
        ("FROM a b", "FROM requires either one or three arguments"),
        ("FROM a is b", "FROM requires either one or three arguments"),
        ("HEALTHCHECK", "HEALTHCHECK requires at least one argument"),
        ("HEALTHCHECK CMD", "Missing command after HEALTHCHECK CMD"),
        ("LABEL", "LABEL requires at least one argument"),
        ("MAINTAINER", "MAINTAINER requires exactly one argument"),
        ("ONBUILD", "ONBUILD requires at least one argument"),
        ("SHELL", "SHELL requires at least one argument"),
        ("SHELL []", "SHELL requires at least one argument"),
        ("STOPSIGNAL", "STOPSIGNAL requires exactly one argument"),
        ("USER", "USER requires exactly one argument"),
        ("VOLUME", "VOLUME requires at least one argument"),
        ("WORKDIR", "WORKDIR requires exactly one argument"),
    ] {
        assert_eq!(refusal(text), words, "{text}");
    }
}

#[test]
fn what_no_instruction_means_is_refused() {
    for (text, words) in [
        ("FRM a", "unknown instruction: FRM (did you mean FROM?)"),
        ("Bogus a", "unknown instruction: Bogus"),
        ("ARG =a", "ARG names can not be blank"),
        ("ENV =a", "ENV names can not be blank"),
        ("LABEL a=b =c", "LABEL names can not be blank"),
        (
            "COPY a <<E",
            "COPY cannot accept a heredoc as a destination",
        ),
        ("CMD --x a", "unknown flag: x"),
        ("RUN --mnt=x a", "unknown flag: mnt (did you mean mount?)"),
        ("COPY --chown a b", "missing a value on flag: chown"),
        (
            "FROM a AS 1b",
            "invalid name for build stage: \"1b\", name can't start with a number or contain symbols",
        ),
        (
            "ONBUILD ONBUILD RUN a",
            "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed",
        ),
        ("ONBUILD from a", "FROM isn't allowed as an ONBUILD trigger"),
        (
            "ONBUILD MAINTAINER a",
            "MAINTAINER isn't allowed as an ONBUILD trigger",
        ),
        (
            "HEALTHCHECK x",
            "Unknown type \"X\" in HEALTHCHECK (try CMD)",
        ),
        ("HEALTHCHECK NONE a", "HEALTHCHECK NONE takes no arguments"),
        (
            "HEALTHCHECK --interval=1us CMD a",
            "Interval \"interval\" cannot be less than 1ms",
        ),
        (
            "HEALTHCHECK --timeout=1 CMD a",
            "time: missing unit in duration \"1\"",
        ),
        (
            "SHELL sh -c",
            "SHELL requires the arguments to be in JSON form",
        ),
        (
            "VOLUME [\" \"]",
            "VOLUME specified can not be an empty string",
        ),
        (
            "RUN [\"a\", 1]",
            "when using JSON array syntax, arrays must be comprised of strings only",
        ),
    ] {
        assert_eq!(refusal(text), words, "{text}");
    }
}

#[test]
fn files_out_of_here_documents_are_passed_over() {
    let Ok(Command::Copy(files)) = read("COPY <<A b <<-'C' /x/") else {
        panic!("COPY is read");
    };

    assert_eq!(files.sources, ["b"]);
}
