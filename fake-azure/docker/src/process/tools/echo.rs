//! `echo`.

use super::escapes;
use super::stop::Outcome;
use super::tool::Tool;
use crate::process::Process;

pub(super) const TOOLS: &[Tool] = &[Tool::new("echo", "[-neE] [ARG]...", |process| {
    Box::pin(echo(process))
})];

async fn echo(process: &mut Process) -> Outcome {
    let mut words = process.args[1..].iter().peekable();
    let (mut line_feed, mut escaped) = (true, false);
    while let Some(word) = words.next_if(|word| is_options(word)) {
        for letter in word[1..].chars() {
            match letter {
                'n' => line_feed = false,
                'e' => escaped = true,
                _ => escaped = false,
            }
        }
    }
    let words: Vec<&str> = words.map(String::as_str).collect();
    let mut text = words.join(" ").into_bytes();
    if escaped {
        let ended;
        (text, ended) = escapes::resolve(&text, true);
        line_feed &= !ended;
    }
    if line_feed {
        text.push(b'\n');
    }
    process.print(text).await?;
    Ok(0)
}

/// A word with any other letter is printed, as every `echo` does.
fn is_options(word: &str) -> bool {
    word.strip_prefix('-')
        .is_some_and(|letters| !letters.is_empty() && letters.chars().all(|c| "neE".contains(c)))
}
