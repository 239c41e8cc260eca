//! Nonsense on the command line and at the input.

use super::bench::Bench;
use crate::process::Descriptor;
use crate::process::Descriptors;

/// A small generator: the same words for the same seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % most as u64).unwrap()
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

const WORDS: [&str; 48] = [
    "",
    "-",
    "--",
    "a.txt",
    "dir",
    "link",
    "nosuch",
    "/",
    ".",
    "..",
    "/proc/self/status",
    "0",
    "1",
    "-1",
    "99999999999999999999",
    "+5",
    "1.5",
    "-n",
    "-c",
    "-f",
    "-r",
    "-l",
    "-i",
    "-e",
    "-v",
    "-a",
    "-d",
    "-o",
    "-s",
    "-k2",
    "-t:",
    "--help",
    "--nope",
    "-n5",
    "s/a/b/g",
    "\\(",
    "[",
    "]",
    "{}",
    ";",
    "!",
    "=",
    "a=b",
    "%d%s%%%q",
    "é\u{fffd}",
    "$1",
    "-exec",
    "/etc/passwd",
];

#[tokio::test]
async fn no_command_line_and_no_input_bring_a_tool_down() {
    let mut chance = Chance(0x5eed);
    for tool in crate::process::tools::all() {
        // These wait for ever by their nature.
        if matches!(tool.name(), "watch" | "sleep" | "usleep" | "top") {
            continue;
        }
        for _ in 0..40 {
            let bench = Bench::new();
            let mut line = vec![tool.name().to_owned()];
            for _ in 0..chance.below(5) {
                line.push(chance.pick(&WORDS).to_owned());
            }
            let length = chance.below(300);
            let input: Vec<u8> = (0..length)
                .map(|_| b"ab \n\t:0-\\\xff\x00{"[chance.below(12)])
                .collect();
            let file = bench.space.files();
            let root = crate::files::Credentials::ROOT;
            let now = super::bench::morning();
            file.write("/work/in", input, 0o644, &root, now).unwrap();
            let stdin = file
                .open("/work/in", crate::files::Open::READ, &root, now)
                .unwrap();
            let standard = Descriptors::standard(
                Descriptor::file(stdin, false),
                Descriptor::Null,
                Descriptor::Null,
            );
            let child = bench.start(&line, standard);
            let ended = tokio::time::timeout(std::time::Duration::from_secs(5), async {
                // What sleeps is woken once; what still waits then is ended.
                for _ in 0..300 {
                    tokio::task::yield_now().await;
                    if child.exit().is_some() {
                        return;
                    }
                }
                bench
                    .space
                    .signal(child.pid, crate::process::Signal::KILL, false);
                child.wait().await;
            });
            assert!(ended.await.is_ok(), "{line:?} does not let others run");
            assert!(
                child.exit() != Some(crate::process::Exit::Killed(crate::process::Signal::ABRT)),
                "{line:?}"
            );
        }
    }
}
