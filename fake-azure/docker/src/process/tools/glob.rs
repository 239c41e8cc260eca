//! Patterns of file names: `*`, `?`, `[a-z]`, and a backslash before any of them.

/// Whether a name matches a pattern, as `fnmatch` without flags does.
pub(in crate::process) fn matches(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let (mut p, mut n) = (0, 0);
    // Where to go on when what follows the last star does not match: that star alone is tried
    // again, so that the time is at most the product of the lengths.
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match one(&pattern[p..], name[n]) {
            _ if pattern.get(p) == Some(&'*') => {
                star = Some((p + 1, n));
                p += 1;
            }
            Some(taken) => {
                p += taken;
                n += 1;
            }
            None => match &mut star {
                Some((after, from)) => {
                    *from += 1;
                    (p, n) = (*after, *from);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

/// How much of a pattern matches one character.
fn one(pattern: &[char], c: char) -> Option<usize> {
    match pattern.first()? {
        '?' => Some(1),
        '\\' => match pattern.get(1) {
            Some(escaped) => (*escaped == c).then_some(2),
            None => (c == '\\').then_some(1),
        },
        '[' => match bracket(&pattern[1..], c) {
            Some((taken, hit)) => hit.then_some(taken + 1),
            None => (c == '[').then_some(1),
        },
        plain => (*plain == c).then_some(1),
    }
}

/// What follows a `[`: its length with the closing bracket, and whether a character is in it.
fn bracket(rest: &[char], c: char) -> Option<(usize, bool)> {
    let negated = matches!(rest.first(), Some('!' | '^'));
    let mut at = usize::from(negated);
    let mut hit = false;
    let mut first = true;
    loop {
        let from = *rest.get(at)?;
        if from == ']' && !first {
            return Some((at + 1, hit != negated));
        }
        first = false;
        if from == '[' && rest.get(at + 1) == Some(&':') {
            let end = rest[at..].windows(2).position(|pair| pair == [':', ']'])?;
            let name: String = rest[at + 2..at + end].iter().collect();
            hit |= in_class(&name, c);
            at += end + 2;
            continue;
        }
        let from = if from == '\\' {
            at += 1;
            *rest.get(at)?
        } else {
            from
        };
        let to = match (rest.get(at + 1), rest.get(at + 2)) {
            (Some('-'), Some(to)) if *to != ']' => {
                at += 2;
                *to
            }
            _ => from,
        };
        hit |= (from..=to).contains(&c);
        at += 1;
    }
}

fn in_class(name: &str, c: char) -> bool {
    match name {
        "alpha" => c.is_alphabetic(),
        "digit" => c.is_ascii_digit(),
        "alnum" => c.is_alphanumeric(),
        "upper" => c.is_uppercase(),
        "lower" => c.is_lowercase(),
        "space" => c.is_whitespace(),
        "blank" => c == ' ' || c == '\t',
        "punct" => c.is_ascii_punctuation(),
        "xdigit" => c.is_ascii_hexdigit(),
        "cntrl" => c.is_control(),
        "print" => !c.is_control(),
        "graph" => !c.is_control() && !c.is_whitespace(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_patterns_as_in_a_shell() {
        for (pattern, name, expected) in [
            ("*.rs", "a.rs", true),
            ("*.rs", "a.rsx", false),
            ("a?c", "abc", true),
            ("[a-c]*", "bat", true),
            ("[!a-c]*", "bat", false),
            ("[]x]", "]", true),
            ("[[:digit:]]?", "7x", true),
            ("\\*", "*", true),
            ("\\*", "x", false),
            ("*a*b*", "xxaxxbxx", true),
            ("[", "[", true),
            ("", "", true),
            ("*", "", true),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn many_stars_take_little_time() {
        let pattern = "*a".repeat(100) + "b";
        assert!(!matches(&pattern, &"a".repeat(2000)));
    }
}
