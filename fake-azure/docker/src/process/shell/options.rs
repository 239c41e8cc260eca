//! What `set` switches: `-e`, `-o pipefail` and the others.

/// The switches of a shell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Options(u32);

/// One switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Switch {
    ErrExit = 1,
    NoGlob = 1 << 1,
    IgnoreEof = 1 << 2,
    Monitor = 1 << 3,
    NoExec = 1 << 4,
    XTrace = 1 << 5,
    Verbose = 1 << 6,
    NoClobber = 1 << 7,
    AllExport = 1 << 8,
    Notify = 1 << 9,
    NoUnset = 1 << 10,
    ErrTrace = 1 << 11,
    Vi = 1 << 12,
    PipeFail = 1 << 13,
    Interactive = 1 << 14,
    Stdin = 1 << 15,
    Command = 1 << 16,
}

/// The switches that have names, in the order in which ash lists them.
pub(super) const NAMED: [(&str, Switch); 14] = [
    ("errexit", Switch::ErrExit),
    ("noglob", Switch::NoGlob),
    ("ignoreeof", Switch::IgnoreEof),
    ("monitor", Switch::Monitor),
    ("noexec", Switch::NoExec),
    ("xtrace", Switch::XTrace),
    ("verbose", Switch::Verbose),
    ("noclobber", Switch::NoClobber),
    ("allexport", Switch::AllExport),
    ("notify", Switch::Notify),
    ("nounset", Switch::NoUnset),
    ("errtrace", Switch::ErrTrace),
    ("vi", Switch::Vi),
    ("pipefail", Switch::PipeFail),
];

/// The switches that have letters; `$-` shows them from the last to the first.
const LETTERS: [(char, Switch); 15] = [
    ('e', Switch::ErrExit),
    ('f', Switch::NoGlob),
    ('I', Switch::IgnoreEof),
    ('i', Switch::Interactive),
    ('m', Switch::Monitor),
    ('n', Switch::NoExec),
    ('s', Switch::Stdin),
    ('c', Switch::Command),
    ('x', Switch::XTrace),
    ('v', Switch::Verbose),
    ('C', Switch::NoClobber),
    ('a', Switch::AllExport),
    ('b', Switch::Notify),
    ('u', Switch::NoUnset),
    ('E', Switch::ErrTrace),
];

impl Options {
    pub(super) fn has(self, switch: Switch) -> bool {
        self.0 & switch as u32 != 0
    }

    pub(super) fn set(&mut self, switch: Switch, is_on: bool) {
        if is_on {
            self.0 |= switch as u32;
        } else {
            self.0 &= !(switch as u32);
        }
    }

    /// Returns the letters of what is on, as `$-` shows them.
    pub(super) fn letters(self) -> String {
        let on = LETTERS.iter().rev().filter(|(_, switch)| self.has(*switch));
        on.map(|(letter, _)| letter).collect()
    }
}

impl Switch {
    /// Returns the switch of a letter that `set` takes.
    pub(super) fn of_letter(letter: char) -> Option<Self> {
        let mut letters = LETTERS.iter();
        letters
            .find(|(known, _)| *known == letter)
            .map(|(_, switch)| *switch)
    }

    pub(super) fn of_name(name: &str) -> Option<Self> {
        let mut named = NAMED.iter();
        named
            .find(|(known, _)| *known == name)
            .map(|(_, switch)| *switch)
    }
}
