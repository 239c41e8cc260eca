//! `find`.

mod expression;
mod format;
mod walk;

use expression::Parser;
use walk::Walk;

use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::process::Process;

pub(super) const TOOLS: &[Tool] = &[Tool::new(
    "find",
    "[-HL] [PATH]... [OPTIONS] [ACTIONS]",
    |process| Box::pin(find(process)),
)];

async fn find(process: &mut Process) -> Outcome {
    let mut words: Vec<String> = process.args[1..].to_vec();
    if words == ["--help"] {
        return Err(Stop::Help);
    }
    let (mut follow, mut follow_named) = (false, false);
    while let Some(option) = words.first().map(String::as_str) {
        match option {
            "-L" => follow = true,
            "-H" => follow_named = true,
            "-P" => (follow, follow_named) = (false, false),
            _ => break,
        }
        words.remove(0);
    }
    let begins = |word: &String| word.starts_with('-') || word == "(" || word == "!";
    let count = words.iter().position(begins).unwrap_or(words.len());
    let mut paths: Vec<String> = words.drain(..count).collect();
    if paths.is_empty() {
        paths.push(".".to_owned());
    }
    let expression = Parser::new(process, words).read()?;
    let mut walk = Walk::new(expression, follow, follow_named);
    let ended = walk.all(process, paths).await;
    // What was found before something went wrong is shown all the same.
    walk.finish(process).await?;
    ended?;
    Ok(walk.code())
}
