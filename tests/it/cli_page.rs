//! `docs/cli.md` is made from the definitions; this test makes it again and compares.

use std::fmt::Write as _;
use std::path::Path;

use azure::cli::{Line, help};
use clap::CommandFactory as _;

const PREFACE: &str = "# Commands

Made from the definitions by the test `the_page_of_commands_is_up_to_date`; run it with
`UPDATE_DOCS=1` to write this page anew.

The commands, options, lines and JSON are those of the 2014 CLI, version 0.8. The spellings of 0.10
are read, too. Where the two contradict each other:

| | 0.8 | 0.10 | here |
|---|---|---|---|
| Docker's port | 4243 | 2376 | 4243 |
| Docker extension | `MSOpenTech.Extensions` 0.6 | `Microsoft.Azure.Extensions` 1.* | that of 0.8 |
| `vm endpoint update -t` | the port inside | (`set -t`) the port of the probe | `set`, or any option that only 0.10 has, makes it the probe's |
| `vm endpoint show` | `-e NAME` | a second argument | both |
| `vm endpoint create -u` | a flag | `Enabled` or `Disabled` | both |
| `vm list` without machines | `info:` | `warn:` | `info:` |
| an unknown command | ends with 0 | ends with 1 | ends with 1 |
| warnings with `--json` | on standard output, which spoils the JSON | not printed | on standard error |
| `account list --json` | prints the private key | prints the private key | never does |
| settings | `config.json` | `config.json` | `classic.json`, with the subscriptions; the old files are not touched |

Every command that fails ends with 1, an interrupted create with 130.
";

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
