//! `s`: putting something in the place of what was found.

use super::command::{Case, Part, Substitution};
use crate::process::tools::regex::{Captures, Regex, RegexError};

/// Makes of a text what the command says; nothing if nothing was found.
pub(super) fn substitute(
    text: &[u8],
    command: &Substitution,
    regex: &Regex,
) -> Result<Option<Vec<u8>>, RegexError> {
    let mut changed = Vec::with_capacity(text.len());
    let mut copied = 0;
    let mut from = 0;
    let mut count = 0;
    let mut any = false;
    while from <= text.len() {
        let Some(captures) = regex.captures(text, from)? else {
            break;
        };
        let Some(Some(whole)) = captures.first().cloned() else {
            break;
        };
        // Nothing is not found right behind what was found before.
        let again = whole.is_empty() && count > 0 && whole.start == copied && from == whole.start;
        let next = if whole.is_empty() {
            whole.end + next_length(text, whole.end)
        } else {
            whole.end
        };
        if again {
            from = next;
            continue;
        }
        count += 1;
        if count >= command.from {
            changed.extend(&text[copied..whole.start]);
            put(&mut changed, text, &captures, &command.replacement);
            copied = whole.end;
            any = true;
            if !command.global {
                break;
            }
        } else {
            changed.extend(&text[copied..whole.end]);
            copied = whole.end;
        }
        from = next;
    }
    if !any {
        return Ok(None);
    }
    changed.extend(&text[copied..]);
    Ok(Some(changed))
}

/// How long the character at an offset is; 1 at the end.
fn next_length(text: &[u8], at: usize) -> usize {
    let rest = text.get(at + 1..).unwrap_or_default();
    1 + rest.iter().take_while(|b| **b & 0xc0 == 0x80).count()
}

fn put(changed: &mut Vec<u8>, text: &[u8], captures: &Captures, parts: &[Part]) {
    let (mut case, mut one) = (Case::End, None);
    for part in parts {
        let bytes = match part {
            Part::Text(bytes) => bytes.as_slice(),
            Part::Group(group) => match captures.get(*group) {
                Some(Some(range)) => &text[range.clone()],
                _ => &[],
            },
            Part::Case(new @ (Case::UpperOne | Case::LowerOne)) => {
                one = Some(*new);
                continue;
            }
            Part::Case(new) => {
                case = *new;
                one = None;
                continue;
            }
        };
        if case == Case::End && one.is_none() {
            changed.extend(bytes);
            continue;
        }
        let words = String::from_utf8_lossy(bytes);
        let words = match case {
            Case::Upper => words.to_uppercase(),
            Case::Lower => words.to_lowercase(),
            _ => words.into_owned(),
        };
        let mut letters = words.chars();
        if !words.is_empty()
            && let Some(one) = one.take()
            && let Some(first) = letters.next()
        {
            let first = match one {
                Case::UpperOne => first.to_uppercase().collect::<String>(),
                _ => first.to_lowercase().collect(),
            };
            changed.extend(first.into_bytes());
        }
        changed.extend(letters.as_str().as_bytes());
    }
}
