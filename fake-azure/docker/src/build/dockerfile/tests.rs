use proptest::prelude::*;

use super::*;

fn refusal(text: &str) -> String {
    Dockerfile::read(text).unwrap_err().to_string()
}

#[test]
fn instructions_belong_to_the_stage_before_them() {
    let file = Dockerfile::read(
        "ARG V=1\nFROM a:$V AS one\nRUN x\n# b\n\nFROM one\nCOPY a \\\n b\nCMD [\"c\"]\n",
    )
    .unwrap();

    let texts = |instructions: &[Instruction]| -> Vec<String> {
        instructions.iter().map(|i| i.text.clone()).collect()
    };
    assert_eq!(texts(&file.arguments), ["ARG V=1"]);
    assert_eq!(file.stages[0].text, "FROM a:$V AS one");
    assert_eq!(texts(&file.stages[0].instructions), ["RUN x"]);
    assert_eq!(
        texts(&file.stages[1].instructions),
        ["COPY a  b", "CMD [\"c\"]"]
    );
    assert_eq!(file.stage("ONE"), Some(0));
    assert_eq!(file.stage("two"), None);
}

#[test]
fn mistakes_of_meaning_name_their_line_and_mistakes_of_form_come_first() {
    assert_eq!(
        refusal("FROM a\n\nRUN a \\\n b\nFRM busybox\n"),
        "dockerfile parse error on line 5: unknown instruction: FRM (did you mean FROM?)"
    );
    assert_eq!(refusal("FRM a\nENV x\n"), "ENV must have two arguments");
}

#[test]
fn a_file_needs_a_stage() {
    assert_eq!(refusal("RUN x\n"), "no build stage in current context");
    assert_eq!(refusal("# only\n"), "file with no instructions");
    assert_eq!(refusal(""), "file with no instructions");
    assert!(Dockerfile::read("ARG x\n").unwrap().stages.is_empty());
}

#[test]
fn here_documents_are_passed_over_but_triggers_keep_them() {
    let file =
        Dockerfile::read("FROM a\nRUN <<E\nnot an instruction\nE\nONBUILD RUN <<E\nx\nE\nUSER b\n")
            .unwrap();

    let [run, onbuild, user] = file.stages[0].instructions.as_slice() else {
        panic!("three instructions");
    };
    assert!(matches!(&run.command, Command::Run(run) if run.command.words == ["<<E"]));
    assert_eq!(
        onbuild.command,
        Command::Onbuild("RUN <<E\nx\nE".to_owned())
    );
    assert_eq!(user.text, "USER b");
    assert_eq!(refusal("FROM a\nRUN <<E\nx\n"), "unterminated heredoc");
}

#[test]
fn an_empty_line_in_a_continuation_is_remembered() {
    let file = Dockerfile::read("FROM a\nRUN b \\\n\n c\n").unwrap();

    assert_eq!(file.gaps, ["RUN b  c"]);
}

#[test]
fn instructions_without_a_file_are_read_alone() {
    let (instructions, escape) = read_instructions("ENV a=b\nCMD c").unwrap();

    assert_eq!(instructions.len(), 2);
    assert_eq!(escape, '\\');
    assert_eq!(
        read_instructions("ENV a").unwrap_err().to_string(),
        "ENV must have two arguments"
    );
}

/// Files that would keep a careless reader busy for ever.
#[test]
fn large_files_are_read_in_the_time_that_their_size_takes() {
    let long = 60_000;
    for text in [
        "RUN x \\\n".repeat(100_000),
        "ONBUILD ".repeat(long / 8),
        format!("RUN {}", "'\"".repeat(long / 2)),
        format!("RUN {}", "<<A ".repeat(long / 4)),
        format!("RUN {}\n{}", "<<A ".repeat(long / 4), "A\n".repeat(long)),
        format!("ENV {}", "a=b ".repeat(long / 4)),
        format!("COPY {}", "--from=a ".repeat(long / 9)),
        format!("RUN {}x", "--mount=a ".repeat(long / 10)),
        format!("CMD {}", "[".repeat(long)),
        format!("RUN <<{}", "${a:-".repeat(long / 5)),
        "# comment\n".repeat(100_000),
        "\\\n\n".repeat(100_000),
    ] {
        drop(Dockerfile::read(&format!("FROM a\n{text}\n")));
    }
}

/// Words from which chance makes files that come near to real ones.
const PIECES: [&str; 44] = [
    "FROM",
    "RUN",
    "COPY",
    "ADD",
    "ENV",
    "ARG",
    "LABEL",
    "CMD",
    "ONBUILD",
    "HEALTHCHECK",
    "SHELL",
    "EXPOSE",
    "VOLUME",
    "# escape=`",
    "# syntax=x",
    "\n",
    "\n",
    "\n",
    " ",
    " ",
    "\t",
    "\\\n",
    "`\n",
    "\r\n",
    "--from=",
    "--mount=type=cache",
    "--",
    "[\"a\", \"b\"]",
    "[",
    "<<E",
    "<<-'E'",
    "E\n",
    "$x",
    "${x:-",
    "${x#*/",
    "}",
    "'",
    "\"",
    "\\",
    "=",
    "a",
    "busybox",
    "AS",
    "\u{feff}é",
];

proptest! {
    #[test]
    fn chance_never_makes_the_reader_panic(pieces in prop::collection::vec(0..PIECES.len(), 0..60)) {
        let text: String = pieces.into_iter().map(|index| PIECES[index]).collect();
        drop(Dockerfile::read(&text));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        drop(Dockerfile::read(&text));
    }

    #[test]
    fn comments_and_blank_lines_between_instructions_change_nothing(
        words in prop::collection::vec("[a-z]{1,8}", 1..8),
        noise in prop::collection::vec(prop_oneof![Just(""), Just("# x"), Just("  \t")], 1..8),
    ) {
        let instructions: Vec<String> = words.iter().map(|word| format!("RUN {word}")).collect();
        let plain = format!("FROM a\n{}\n", instructions.join("\n"));
        let mut noisy = "FROM a\n".to_owned();
        for (index, instruction) in instructions.iter().enumerate() {
            noisy += noise[index % noise.len()];
            noisy += "\n";
            noisy += instruction;
            noisy += "\n";
        }

        prop_assert_eq!(Dockerfile::read(&plain), Dockerfile::read(&noisy));
    }

    #[test]
    fn a_line_may_be_broken_at_any_blank(words in prop::collection::vec("[a-z]{1,5}", 2..6), at in 0_usize..5) {
        let whole = format!("FROM a\nRUN {}\n", words.join(" "));
        let at = at % words.len();
        let (before, after) = words.split_at(at);
        let broken = format!("FROM a\nRUN {}\\\n{}{}\n", before.join(" "), if at == 0 { "" } else { " " }, after.join(" "));

        let read = |text: &str| Dockerfile::read(text).unwrap().stages;
        prop_assert_eq!(read(&whole), read(&broken));
    }
}
