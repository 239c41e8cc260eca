//! Reading transcripts.

/// Commands that run one after the other in one folder.
pub(super) struct Paragraph {
    /// Whether a real busybox answers otherwise, which is meant so.
    pub(super) ours: bool,
    pub(super) commands: Vec<Command>,
}

/// A command line with its input, and what came of it.
#[derive(Default)]
pub(super) struct Command {
    pub(super) line: String,
    pub(super) words: Vec<String>,
    pub(super) stdin: Vec<u8>,
    pub(super) ran: Ran,
}

/// What a command printed and how it ended.
#[derive(Default, PartialEq, Eq)]
pub(super) struct Ran {
    pub(super) out: Vec<u8>,
    pub(super) err: Vec<u8>,
    pub(super) code: u8,
}

impl Ran {
    pub(super) fn show(&self) -> String {
        let text = |mark: char, bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes).into_owned();
            let lines = text
                .split_inclusive('\n')
                .map(|line| match line.strip_suffix('\n') {
                    Some(line) => format!("{mark} {line}\n"),
                    None => format!("{mark}\\{line}\n"),
                });
            lines.collect::<String>()
        };
        let code = match self.code {
            0 => String::new(),
            code => format!("= {code}\n"),
        };
        text('>', &self.out) + &text('!', &self.err) + &code
    }
}

pub(super) fn read(text: &str) -> Vec<Paragraph> {
    let mut paragraphs = Vec::new();
    for block in text.split("\n\n") {
        let mut paragraph = Paragraph {
            ours: false,
            commands: Vec::new(),
        };
        for line in block.lines() {
            let Some(mark) = line.chars().next() else {
                continue;
            };
            let rest = &line[1..];
            let mut content = rest.get(1..).unwrap_or_default().as_bytes().to_vec();
            if !rest.starts_with('\\') {
                content.push(b'\n');
            }
            if mark == '#' {
                paragraph.ours |= rest.starts_with(" ours");
                continue;
            }
            if mark == '$' {
                let line = rest.trim_start().to_owned();
                paragraph.commands.push(Command {
                    words: words(&line),
                    line,
                    ..Command::default()
                });
                continue;
            }
            let command = paragraph
                .commands
                .last_mut()
                .expect("a command comes first");
            match mark {
                '<' => command.stdin.extend(content),
                '>' => command.ran.out.extend(content),
                '!' => command.ran.err.extend(content),
                '=' => command.ran.code = rest.trim().parse().unwrap(),
                _ => panic!("no such mark: {line}"),
            }
        }
        if !paragraph.commands.is_empty() {
            paragraphs.push(paragraph);
        }
    }
    paragraphs
}

/// Splits a line as a shell does that knows quotes alone; `$'…'` has escapes.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            ' ' => words.extend(word.take()),
            '$' if letters.peek() == Some(&'\'') => {
                letters.next();
                let inner: String = letters.by_ref().take_while(|c| *c != '\'').collect();
                let inner = inner
                    .replace("\\n", "\n")
                    .replace("\\t", "\t")
                    .replace("\\0", "\0");
                word.get_or_insert_default().push_str(&inner);
            }
            '\'' | '"' => {
                let quoted = letters.by_ref().take_while(|c| *c != letter);
                word.get_or_insert_default().extend(quoted);
            }
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    words
}
