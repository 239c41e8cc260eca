//! `envsubst`: a template with what the environment says.

use std::collections::BTreeSet;

use super::input;
use super::options::Options;
use super::output::Output;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::process::Process;

pub(super) const TOOLS: &[Tool] = &[Tool::new("envsubst", "[-v] [SHELL-FORMAT]", |process| {
    Box::pin(envsubst(process))
})];

/// A piece of a template.
enum Piece<'a> {
    Text(&'a [u8]),
    /// A variable: as it is written, and its name.
    Variable(&'a [u8], &'a str),
}

/// Cuts a template into text, `$NAME` and `${NAME}`.
fn pieces(template: &[u8]) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut begin, mut at) = (0, 0);
    while let Some(found) = template[at..].iter().position(|byte| *byte == b'$') {
        let dollar = at + found;
        match variable(&template[dollar..]) {
            Some((length, name)) => {
                pieces.push(Piece::Text(&template[begin..dollar]));
                at = dollar + length;
                pieces.push(Piece::Variable(&template[dollar..at], name));
                begin = at;
            }
            None => at = dollar + 1,
        }
    }
    pieces.push(Piece::Text(&template[begin..]));
    pieces
}

/// The variable that a text begins with: how long it is written, and its name.
fn variable(text: &[u8]) -> Option<(usize, &str)> {
    let braced = text.get(1) == Some(&b'{');
    let begin = if braced { 2 } else { 1 };
    let is_in_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let length = text[begin..].iter().take_while(|b| is_in_name(b)).count();
    let end = begin + length;
    let name = std::str::from_utf8(&text[begin..end]).ok()?;
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if !braced {
        return Some((end, name));
    }
    (text.get(end) == Some(&b'}')).then_some((end + 1, name))
}

async fn envsubst(process: &mut Process) -> Outcome {
    let given = Options::new("v", &[("variables", 'v')]).read(&process.args)?;
    let format = match &given.operands[..] {
        [] if given.has('v') => return Err(Stop::told("missing arguments")),
        [] => None,
        [format] => Some(format.clone()),
        _ => return Err(Stop::told("too many arguments")),
    };
    let mut out = Output::default();
    let wanted = format.as_ref().map(|format| {
        let names = pieces(format.as_bytes()).into_iter();
        let names = names.filter_map(|piece| match piece {
            Piece::Variable(_, name) => Some(name.to_owned()),
            Piece::Text(_) => None,
        });
        names.collect::<Vec<_>>()
    });
    if given.has('v') {
        for name in wanted.iter().flatten() {
            out.put(process, format!("{name}\n")).await?;
        }
        out.flush(process).await?;
        return Ok(0);
    }
    let wanted: Option<BTreeSet<String>> = wanted.map(|names| names.into_iter().collect());
    let stdin = input::open(process, "-")?;
    let template = input::whole(process, &stdin).await;
    let template = template.map_err(|errno| Stop::told(format!("error while reading: {errno}")))?;
    for piece in pieces(&template) {
        match piece {
            Piece::Text(text) => out.put(process, text).await?,
            Piece::Variable(written, name) => {
                if wanted.as_ref().is_none_or(|wanted| wanted.contains(name)) {
                    let value = process.variable(name).unwrap_or_default().to_owned();
                    out.put(process, value).await?;
                } else {
                    out.put(process, written).await?;
                }
            }
        }
    }
    out.flush(process).await?;
    Ok(0)
}
