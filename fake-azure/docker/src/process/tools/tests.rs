//! Command lines with what they answer, here and by a real busybox.
//!
//! `tests/*.txt` hold transcripts: `$` a command line, `<` its input, `>` what it prints, `!` what
//! it complains, `=` its exit code if that is not 0. Lines of one paragraph run in one folder, one
//! after the other. A `\` in place of the space after the mark says that no line feed follows. A
//! paragraph that begins with `# ours` is not asked of a real busybox, and says why.

mod bench;
mod garbage;
mod net;
mod real;
mod streams;
mod transcript;

use std::time::Duration;

use bench::Bench;
use transcript::{Paragraph, Ran};

const TRANSCRIPTS: [(&str, &str); 9] = [
    ("accounts", include_str!("tests/accounts.txt")),
    ("awk", include_str!("tests/awk.txt")),
    ("bc", include_str!("tests/bc.txt")),
    ("bytes", include_str!("tests/bytes.txt")),
    ("dc", include_str!("tests/dc.txt")),
    ("files", include_str!("tests/files.txt")),
    ("patch", include_str!("tests/patch.txt")),
    ("text", include_str!("tests/text.txt")),
    ("filters", include_str!("tests/filters.txt")),
];

fn paragraphs() -> impl Iterator<Item = (&'static str, Paragraph)> {
    TRANSCRIPTS
        .into_iter()
        .flat_map(|(name, text)| transcript::read(text).into_iter().map(move |p| (name, p)))
}

#[tokio::test]
async fn every_command_line_answers_as_its_transcript_says() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for (name, paragraph) in paragraphs() {
        let bench = Bench::new();
        for expected in &paragraph.commands {
            count += 1;
            let running = bench.run(&expected.words, &expected.stdin);
            let ran = tokio::time::timeout(Duration::from_secs(30), running).await;
            let Ok((out, err, code)) = ran else {
                panic!("{name}: $ {} does not end", expected.line);
            };
            let ran = Ran { out, err, code };
            if ran != expected.ran {
                wrong.push(format!(
                    "{name}: $ {}\n{}-- expected --\n{}",
                    expected.line,
                    ran.show(),
                    expected.ran.show()
                ));
            }
        }
    }
    assert!(count > 0);
    assert!(
        wrong.is_empty(),
        "{} of {count}\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_command_line_answers_as_a_real_busybox_does() {
    let Some(busybox) = real::Busybox::find() else {
        _ = std::io::Write::write_all(
            &mut std::io::stderr(),
            b"SKIPPED: no busybox on PATH (Debian: apt-get install busybox)\n",
        )
        .ok();
        return;
    };
    let mut wrong = Vec::new();
    let mut count = 0;
    for (name, paragraph) in paragraphs().filter(|(_, paragraph)| !paragraph.ours) {
        let folder = real::Busybox::folder();
        for expected in &paragraph.commands {
            count += 1;
            let ran = busybox.run(folder.path(), &expected.words, &expected.stdin);
            if ran != expected.ran {
                wrong.push(format!(
                    "{name}: $ {}\n{}-- expected --\n{}",
                    expected.line,
                    ran.show(),
                    expected.ran.show()
                ));
            }
        }
    }
    eprintln!("matched {} of {count} with busybox", count - wrong.len());
    assert!(
        wrong.is_empty(),
        "{} of {count}\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[tokio::test]
async fn tools_that_are_files_of_their_own_complain_as_gnus() {
    let has_gnu = real::has_gnu();
    if !has_gnu {
        let words = b"SKIPPED: the tools of this machine are not GNU's\n";
        std::io::Write::write_all(&mut std::io::stderr(), words).ok();
    }
    let bench = Bench::of_gnu();
    let folder = real::Busybox::folder();
    let mut wrong = Vec::new();
    let paragraphs = transcript::read(include_str!("tests/gnu.txt"));
    for expected in paragraphs.iter().flat_map(|paragraph| &paragraph.commands) {
        let (out, err, code) = bench.run(&expected.words, &expected.stdin).await;
        let mut all = vec![("here", Ran { out, err, code })];
        if has_gnu {
            let ran = real::run_own(folder.path(), &expected.words, &expected.stdin);
            all.push(("GNU", ran));
        }
        for (who, ran) in all.into_iter().filter(|(_, ran)| *ran != expected.ran) {
            wrong.push(format!(
                "{who}: $ {}\n{}-- expected --\n{}",
                expected.line,
                ran.show(),
                expected.ran.show()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn no_two_tools_have_one_name() {
    let mut names: Vec<&str> = super::all().map(super::Tool::name).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
}

/// The names that the documentation lists.
fn documented() -> Vec<&'static str> {
    let page = include_str!("../../../../../docs/docker.md");
    let section = page.split("## The tools\n").nth(1).unwrap_or_default();
    let list = section.split("```").nth(1).unwrap_or_default();
    list.split_whitespace()
        .filter(|word| *word != "text")
        .collect()
}

#[test]
fn the_documentation_names_every_tool_and_no_other() {
    let mut names: Vec<&str> = super::all().map(super::tool::Tool::name).collect();
    names.sort_unstable();
    assert_eq!(documented(), names, "docs/docker.md: {}", names.join(" "));
}
