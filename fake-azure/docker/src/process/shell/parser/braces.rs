//! `{a,b}` and `{1..9}` of bash: one word that stands for several.

use super::super::syntax::{Piece, Word};

/// How many words one may stand for; one that would be more stays as it is.
const MOST_WORDS: usize = 1 << 14;

/// A character without quotes, or a piece that is looked at by nobody.
#[derive(Debug, Clone, PartialEq)]
enum Atom {
    Character(char),
    Piece(Piece),
}

/// What is before braces, what they give to choose from, and what is behind.
type Group<'a> = (&'a [Atom], Vec<Vec<Atom>>, &'a [Atom]);

/// Returns the words that a word stands for.
pub(super) fn expand(word: Word) -> Vec<Word> {
    let has_braces = word
        .pieces
        .iter()
        .any(|piece| matches!(piece, Piece::Bare(text) if text.contains('{')));
    if !has_braces {
        return vec![word];
    }
    let atoms: Vec<Atom> = word.pieces.iter().flat_map(atoms_of).collect();
    let mut done: Vec<Vec<Atom>> = Vec::new();
    // What is still to be looked at, in reverse: the start of a word that is done with, and
    // the rest of it.
    let mut open = vec![(Vec::new(), atoms)];
    while let Some((mut start, rest)) = open.pop() {
        let Some((before, choices, behind)) = first_group(&rest) else {
            start.extend(rest);
            done.push(start);
            continue;
        };
        if done.len() + open.len() + choices.len() > MOST_WORDS {
            return vec![word];
        }
        start.extend_from_slice(before);
        for choice in choices.into_iter().rev() {
            let rest = choice.into_iter().chain(behind.iter().cloned()).collect();
            open.push((start.clone(), rest));
        }
    }
    done.into_iter().map(word_of).collect()
}

fn atoms_of(piece: &Piece) -> Vec<Atom> {
    match piece {
        Piece::Bare(text) => text.chars().map(Atom::Character).collect(),
        other => vec![Atom::Piece(other.clone())],
    }
}

fn word_of(atoms: Vec<Atom>) -> Word {
    let mut pieces = Vec::new();
    for atom in atoms {
        match (atom, pieces.last_mut()) {
            (Atom::Character(character), Some(Piece::Bare(text))) => text.push(character),
            (Atom::Character(character), _) => pieces.push(Piece::Bare(character.to_string())),
            (Atom::Piece(piece), _) => pieces.push(piece),
        }
    }
    Word { pieces }
}

/// Finds the first braces that stand for something.
fn first_group(atoms: &[Atom]) -> Option<Group<'_>> {
    let opening = |atom: &Atom| *atom == Atom::Character('{');
    let mut from = 0;
    while let Some(start) = atoms[from..].iter().position(opening).map(|at| at + from) {
        if let Some((choices, end)) = choices(&atoms[start + 1..]) {
            return Some((&atoms[..start], choices, &atoms[start + 1 + end..]));
        }
        from = start + 1;
    }
    None
}

/// Reads what follows an opening brace; also returns how long it is.
fn choices(atoms: &[Atom]) -> Option<(Vec<Vec<Atom>>, usize)> {
    let mut choices = vec![Vec::new()];
    let mut depth = 0_usize;
    for (index, atom) in atoms.iter().enumerate() {
        match atom {
            Atom::Character('{') => depth += 1,
            Atom::Character('}') if depth == 0 => {
                return match choices.as_slice() {
                    [only] => Some((sequence(only)?, index + 1)),
                    _ => Some((choices, index + 1)),
                };
            }
            Atom::Character('}') => depth -= 1,
            Atom::Character(',') if depth == 0 => {
                choices.push(Vec::new());
                continue;
            }
            _ => {}
        }
        if let Some(choice) = choices.last_mut() {
            choice.push(atom.clone());
        }
    }
    None
}

/// Reads `first..last` or `first..last..step`, of numbers or letters.
fn sequence(atoms: &[Atom]) -> Option<Vec<Vec<Atom>>> {
    let characters = atoms.iter().map(|atom| match atom {
        Atom::Character(character) => Some(*character),
        Atom::Piece(_) => None,
    });
    let text: String = characters.collect::<Option<_>>()?;
    let mut parts = text.split("..");
    let (first, last) = (parts.next()?, parts.next()?);
    let step = match parts.next() {
        None => 1,
        Some(step) => i64::try_from(step.parse::<i64>().ok()?.unsigned_abs())
            .ok()?
            .max(1),
    };
    if parts.next().is_some() {
        return None;
    }
    let is_padded = |text: &str| text.trim_start_matches('-').starts_with('0') && text.len() > 1;
    let (from, to, width) = match (first.parse::<i64>(), last.parse::<i64>()) {
        (Ok(from), Ok(to)) if is_padded(first) || is_padded(last) => {
            (from, to, Some(first.len().max(last.len())))
        }
        (Ok(from), Ok(to)) => (from, to, None),
        _ => {
            let letter = |text: &str| match text.as_bytes() {
                [letter] if letter.is_ascii_alphabetic() => Some(i64::from(*letter)),
                _ => None,
            };
            let numbers = numbers(letter(first)?, letter(last)?, step)?;
            let letters = numbers
                .into_iter()
                .map(|number| vec![Atom::Character(char::from(number.to_le_bytes()[0]))]);
            return Some(letters.collect());
        }
    };
    let spelled = numbers(from, to, step)?.into_iter().map(|number| {
        let text = match width {
            Some(width) => format!("{number:0width$}"),
            None => number.to_string(),
        };
        text.chars().map(Atom::Character).collect()
    });
    Some(spelled.collect())
}

fn numbers(from: i64, to: i64, step: i64) -> Option<Vec<i64>> {
    let count = from.abs_diff(to) / step.unsigned_abs() + 1;
    if usize::try_from(count).ok()? > MOST_WORDS {
        return None;
    }
    let direction = if from <= to { step } else { -step };
    let numbers = (0..count).filter_map(|index| {
        let distance = i64::try_from(index).ok()?.checked_mul(direction)?;
        from.checked_add(distance)
    });
    Some(numbers.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(text: &str) -> String {
        let word = Word {
            pieces: vec![Piece::Bare(text.to_owned())],
        };
        let words = expand(word)
            .into_iter()
            .map(|word| word.as_bare().unwrap_or("").to_owned());
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn braces_with_a_comma_or_a_sequence_are_several_words() {
        for (text, words) in [
            ("a{b,c}d", "abd acd"),
            ("{a,b}{1,2}", "a1 a2 b1 b2"),
            ("a{b,{c,d}}e", "abe ace ade"),
            ("{1..3}", "1 2 3"),
            ("{3..1}", "3 2 1"),
            ("{-1..1}", "-1 0 1"),
            ("{01..03}", "01 02 03"),
            ("{1..7..3}", "1 4 7"),
            ("{c..a}", "c b a"),
            ("{a}", "{a}"),
            ("{}", "{}"),
            ("{a", "{a"),
            ("{{a,b}", "{a {b"),
            ("{1..}", "{1..}"),
            ("{1..999999999}", "{1..999999999}"),
            ("a{,b}", "a ab"),
        ] {
            assert_eq!(expanded(text), words, "{text}");
        }
    }

    #[test]
    fn many_braces_stay_as_they_are() {
        let many = "{a,b}".repeat(64);
        assert_eq!(expanded(&many), many);
        let deep = "{".repeat(5000);
        assert_eq!(expanded(&deep), deep);
    }
}
