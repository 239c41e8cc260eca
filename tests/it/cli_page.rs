//! `docs/cli.md` is made from the definitions; this test makes it again and compares.

use std::fmt::Write as _;
use std::path::Path;

use azure::cli::{Line, help};
use clap::CommandFactory as _;

const PREFACE: &str = include_str!("cli_page/preface.md");

fn page() -> String {
    let mut root = Line::command();
    root.build();
    let mut page = PREFACE.to_owned();
    describe(&root, &root, &mut Vec::new(), &mut page);
    page
}

fn describe(
    root: &clap::Command,
    command: &clap::Command,
    path: &mut Vec<String>,
    page: &mut String,
) {
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        path.push(sub.get_name().to_owned());
        if sub.has_subcommands() {
            if path.len() == 1 {
                let about = sub.get_about().map(ToString::to_string).unwrap_or_default();
                write!(page, "\n## {}\n\n{about}.\n", path.join(" ")).expect("a string");
            }
            describe(root, sub, path, page);
        } else {
            write!(page, "\n### {}\n\n```text\n", path.join(" ")).expect("a string");
            for line in help::lines(root, path) {
                writeln!(page, "{line}").expect("a string");
            }
            page.push_str("```\n");
        }
        path.pop();
    }
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the page is written anew when its maintainer asks for it"
)]
fn the_page_of_commands_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cli.md");
    let page = page();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder");
        std::fs::write(&path, &page).expect("the page");
    }

    let kept = std::fs::read_to_string(&path).unwrap_or_default();

    assert!(
        kept == page,
        "docs/cli.md is out of date: run this test with UPDATE_DOCS=1"
    );
}
