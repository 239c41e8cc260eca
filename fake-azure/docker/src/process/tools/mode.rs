//! File modes as `chmod` reads them: `644`, `u+x,go-w`, `a=rX`.

/// A change of permission bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// These bits and no others.
    Exactly(u32),
    /// One change after the other.
    Clauses(Vec<Clause>),
}

/// Part of a symbolic mode: whose bits, what becomes of them, and which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clause {
    /// The bits of `u`, `g`, `o`; nothing was said when it is 0.
    who: u32,
    operator: char,
    /// The bits that were named, for all three classes.
    bits: u32,
    /// `X`: execution, but only of directories and what can be executed already.
    execute_if_any: bool,
    /// The class whose bits are copied.
    copied: Option<char>,
}

const USER: u32 = 0o4700;
const GROUP: u32 = 0o2070;
const OTHERS: u32 = 0o1007;

impl Mode {
    /// Reads a mode; nothing for what is none.
    pub(super) fn read(text: &str) -> Option<Self> {
        if text.starts_with(|c: char| c.is_ascii_digit()) {
            let bits = u32::from_str_radix(text, 8).ok()?;
            return (bits <= 0o7777).then_some(Self::Exactly(bits));
        }
        let mut clauses = Vec::new();
        for part in text.split(',') {
            read_clauses(part, &mut clauses)?;
        }
        Some(Self::Clauses(clauses))
    }

    /// The bits that come of `bits`.
    pub(super) fn applied_to(&self, bits: u32, is_dir: bool, umask: u32) -> u32 {
        match self {
            // Numbers leave the special bits of a directory as they are.
            Self::Exactly(exactly) if is_dir => exactly | (bits & 0o6000),
            Self::Exactly(exactly) => *exactly,
            Self::Clauses(clauses) => clauses
                .iter()
                .fold(bits, |bits, clause| clause.applied_to(bits, is_dir, umask)),
        }
    }
}

fn read_clauses(part: &str, clauses: &mut Vec<Clause>) -> Option<()> {
    let mut letters = part.chars().peekable();
    let mut who = 0;
    while let Some(letter) = letters.next_if(|c| "ugoa".contains(*c)) {
        who |= match letter {
            'u' => USER,
            'g' => GROUP,
            'o' => OTHERS,
            _ => USER | GROUP | OTHERS,
        };
    }
    letters.peek()?;
    while let Some(operator) = letters.next() {
        if !"+-=".contains(operator) {
            return None;
        }
        let mut clause = Clause {
            who,
            operator,
            bits: 0,
            execute_if_any: false,
            copied: None,
        };
        while let Some(letter) = letters.next_if(|c| !"+-=".contains(*c)) {
            match letter {
                'r' => clause.bits |= 0o444,
                'w' => clause.bits |= 0o222,
                'x' => clause.bits |= 0o111,
                's' => clause.bits |= 0o6000,
                't' => clause.bits |= 0o1000,
                'X' => clause.execute_if_any = true,
                'u' | 'g' | 'o' => clause.copied = Some(letter),
                _ => return None,
            }
        }
        clauses.push(clause);
    }
    Some(())
}

impl Clause {
    fn applied_to(self, before: u32, is_dir: bool, umask: u32) -> u32 {
        // Without a class all are meant, but for what the umask keeps away.
        let (who, masked) = match self.who {
            0 => (USER | GROUP | OTHERS, umask & 0o777),
            who => (who, 0),
        };
        let mut bits = self.bits;
        if self.execute_if_any && (is_dir || before & 0o111 != 0) {
            bits |= 0o111;
        }
        if let Some(class) = self.copied {
            let shift = match class {
                'u' => 6,
                'g' => 3,
                _ => 0,
            };
            let copied = before >> shift & 7;
            bits |= copied << 6 | copied << 3 | copied;
        }
        // The sticky bit belongs to nobody's class.
        let sticky = if self.who == 0 || self.who & OTHERS != 0 || bits & 0o1000 != 0 {
            0o1000
        } else {
            0
        };
        let bits = bits & (who | sticky) & !masked;
        match self.operator {
            '+' => before | bits,
            '-' => before & !bits,
            _ => before & !(who & 0o6777) | bits,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_change_bits_as_chmod_says() {
        for (text, before, expected) in [
            ("644", 0o755, 0o644),
            ("u+x", 0o644, 0o744),
            ("+x", 0o644, 0o755),
            ("go-rw", 0o666, 0o600),
            ("a=r", 0o755, 0o444),
            ("u=rwx,g=u,o=", 0o644, 0o770),
            ("u+s", 0o755, 0o4755),
            ("g+s,+t", 0o755, 0o3755),
            ("a+X", 0o644, 0o644),
            ("a+X", 0o744, 0o755),
            ("u-x+w", 0o500, 0o600),
            ("+w", 0o444, 0o644),
        ] {
            let mode = Mode::read(text).unwrap();
            let got = mode.applied_to(before, false, 0o022);
            assert_eq!(got, expected, "{text}: {got:o}");
        }
        for text in ["", "999", "u", "x", "u+q", "77777", "u+x,"] {
            assert_eq!(Mode::read(text), None, "{text}");
        }
    }
}
