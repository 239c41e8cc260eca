//! What `grep` looks for.

use std::ops::Range;

use crate::process::Process;
use crate::process::tools::input;
use crate::process::tools::options::Given;
use crate::process::tools::regex::{Flavour, Regex};
use crate::process::tools::stop::Stop;
use crate::process::tools::tool::called;

/// How many patterns there may be.
const MOST: usize = 10_000;

/// Patterns, of which any is enough.
pub(super) struct Patterns {
    regexes: Vec<Regex>,
    /// Strings that are looked for as they are, without regard to case if so asked.
    fixed: Vec<Vec<u8>>,
    ignore_case: bool,
    words: bool,
    lines: bool,
}

/// Reads the patterns off a command line; returns them and the files that are left.
pub(super) async fn read(
    process: &mut Process,
    given: &Given,
) -> Result<(Patterns, Vec<String>), Stop> {
    let mut operands = given.operands.clone();
    let mut texts: Vec<String> = given.values('e').map(str::to_owned).collect();
    for name in given.values('f') {
        let content = input::whole_file(process, name).await;
        let content = content.map_err(|errno| Stop::with(2, format!("{name}: {errno}")))?;
        let content = String::from_utf8_lossy(&content);
        texts.extend(content.lines().map(str::to_owned));
    }
    if !given.has('e') && !given.has('f') {
        if operands.is_empty() {
            return Err(Stop::Usage(String::new()));
        }
        texts.push(operands.remove(0));
    }
    let fixed = given.has('F') || called(process, "grep") == "fgrep";
    let flavour = if given.has('E') || called(process, "grep") == "egrep" {
        Flavour::Extended
    } else {
        Flavour::Basic
    };
    let ignore_case = given.has('i') || given.has('y');
    let mut patterns = Patterns {
        regexes: Vec::new(),
        fixed: Vec::new(),
        ignore_case,
        words: given.has('w'),
        lines: given.has('x'),
    };
    for text in texts.iter().flat_map(|text| text.split('\n')) {
        if patterns.regexes.len() + patterns.fixed.len() >= MOST {
            return Err(Stop::with(2, format!("more than {MOST} patterns")));
        }
        if fixed {
            let mut text = text.as_bytes().to_vec();
            if ignore_case {
                text.make_ascii_lowercase();
            }
            patterns.fixed.push(text);
            continue;
        }
        // The whole line or word is asked of the engine, which then finds it if it is there.
        let text = match (flavour, patterns.lines) {
            (Flavour::Basic, true) => format!("^\\({text}\\)$"),
            (_, true) => format!("^({text})$"),
            _ => text.to_owned(),
        };
        let regex = Regex::new(&text, flavour, ignore_case)
            .map_err(|_| Stop::with(2, format!("bad regex '{text}'")))?;
        patterns.regexes.push(regex);
    }
    Ok((patterns, operands))
}

impl Patterns {
    /// Where a line has what is looked for.
    pub(super) fn hit(&self, line: &[u8]) -> Result<Option<Range<usize>>, Stop> {
        self.hit_from(line, 0)
    }

    /// The first place from an offset on that has what is looked for, the longest there.
    pub(super) fn hit_from(&self, line: &[u8], from: usize) -> Result<Option<Range<usize>>, Stop> {
        let mut best: Option<Range<usize>> = None;
        let mut offer = |found: Option<Range<usize>>| {
            if let Some(found) = found
                && best.as_ref().is_none_or(|best| {
                    (found.start, best.end) < (best.start, found.end)
                        || (found.start == best.start && found.end > best.end)
                })
            {
                best = Some(found);
            }
        };
        for regex in &self.regexes {
            let find = |from| {
                regex
                    .find(line, from)
                    .map_err(|error| Stop::with(2, error.to_string()))
            };
            offer(self.as_word(line, from, find)?);
        }
        if !self.fixed.is_empty() {
            let folded = if self.ignore_case {
                line.to_ascii_lowercase()
            } else {
                line.to_vec()
            };
            for text in &self.fixed {
                if self.lines {
                    offer((from == 0 && folded == *text).then_some(0..line.len()));
                    continue;
                }
                let find = |from| Ok(position(&folded, text, from));
                offer(self.as_word(line, from, find)?);
            }
        }
        Ok(best)
    }

    /// The first find, or the first one that is a word if that is asked for.
    fn as_word(
        &self,
        line: &[u8],
        from: usize,
        find: impl Fn(usize) -> Result<Option<Range<usize>>, Stop>,
    ) -> Result<Option<Range<usize>>, Stop> {
        let mut from = from;
        while from <= line.len() {
            let Some(found) = find(from)? else {
                return Ok(None);
            };
            let is_word =
                |at: Option<&u8>| at.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
            let before = found.start.checked_sub(1).and_then(|at| line.get(at));
            if !self.words || !(is_word(before) || is_word(line.get(found.end))) {
                return Ok(Some(found));
            }
            from = found.start + 1;
        }
        Ok(None)
    }
}

/// Where a string stands, from an offset on.
fn position(line: &[u8], text: &[u8], from: usize) -> Option<Range<usize>> {
    if text.is_empty() {
        return (from <= line.len()).then_some(from..from);
    }
    let rest = line.get(from..)?;
    let at = rest.windows(text.len()).position(|window| window == text)?;
    Some(from + at..from + at + text.len())
}
