//! What `find` asks of each file, and does with it.

use jiff::Timestamp;

use super::format::Format;
use crate::files::{Kind, Want};
use crate::process::task::Wording;
use crate::process::tools::calls::Calls as _;
use crate::process::tools::options::invalid_number;
use crate::process::tools::regex::{Flavour, Regex};
use crate::process::tools::stop::Stop;
use crate::process::{Accounts, Process};

/// How deep parentheses may be nested.
const DEPTH: usize = 64;

/// A number with its sign: more than, less than, exactly.
#[derive(Clone, Copy, Debug)]
pub(super) struct Amount {
    order: std::cmp::Ordering,
    value: u64,
}

impl Amount {
    fn read(text: &str) -> Option<Self> {
        let (order, digits) = match text.as_bytes().first()? {
            b'+' => (std::cmp::Ordering::Greater, &text[1..]),
            b'-' => (std::cmp::Ordering::Less, &text[1..]),
            _ => (std::cmp::Ordering::Equal, text),
        };
        let value = digits.parse().ok()?;
        Some(Self { order, value })
    }

    /// The same amount, counted in ones instead of units.
    pub(super) fn in_units(self, unit: u64) -> Self {
        Self {
            value: self.value.saturating_mul(unit),
            ..self
        }
    }

    pub(super) fn holds(self, value: u64) -> bool {
        value.cmp(&self.value) == self.order
    }
}

/// One question or one deed.
#[derive(Clone, Debug)]
pub(super) enum Test {
    True,
    False,
    Name {
        pattern: String,
        ignore_case: bool,
    },
    Path {
        pattern: String,
        ignore_case: bool,
    },
    Regex(Box<Regex>),
    Type(Vec<Kind>),
    Permissions {
        bits: u32,
        how: char,
    },
    /// Time since the last change, in units of so many seconds.
    Age {
        amount: Amount,
        unit: u64,
    },
    Newer(Timestamp),
    Size {
        amount: Amount,
        unit: u64,
    },
    Links(Amount),
    Inode(Amount),
    User(u32),
    Group(u32),
    NoUser,
    NoGroup,
    SameFile(u64, u64),
    Empty,
    Access(Want),
    Print {
        end: u8,
    },
    /// `-printf` of GNU's.
    Format(Format),
    List,
    Execute {
        words: Vec<String>,
        index: Option<usize>,
    },
    Delete,
    Prune,
    Quit,
}

impl Test {
    /// Whether it does something, so that nothing is printed unasked.
    fn acts(&self) -> bool {
        matches!(
            self,
            Self::Print { .. }
                | Self::Format(_)
                | Self::List
                | Self::Execute { .. }
                | Self::Delete
                | Self::Quit
        )
    }
}

/// Tests, joined.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Test(Test),
    Not(Box<Self>),
    And(Vec<Self>),
    Or(Vec<Self>),
    /// Both, and only the last counts.
    List(Vec<Self>),
}

/// All that the command line says.
#[derive(Clone, Debug)]
pub(super) struct Expression {
    pub(super) node: Node,
    pub(super) least_depth: usize,
    pub(super) most_depth: usize,
    /// Whether a directory comes after what is in it.
    pub(super) depth_first: bool,
    pub(super) one_device: bool,
    /// How many commands gather files (`-exec … +`).
    pub(super) gathering: usize,
}

pub(super) struct Parser<'a> {
    process: &'a Process,
    words: std::iter::Peekable<std::vec::IntoIter<String>>,
    accounts: Accounts,
    found: Expression,
    acts: bool,
    depth: usize,
}

impl<'a> Parser<'a> {
    pub(super) fn new(process: &'a Process, words: Vec<String>) -> Self {
        Self {
            process,
            words: words.into_iter().peekable(),
            accounts: Accounts::read(process.space.files()),
            found: Expression {
                node: Node::Test(Test::True),
                least_depth: 0,
                most_depth: usize::MAX,
                depth_first: false,
                one_device: false,
                gathering: 0,
            },
            acts: false,
            depth: 0,
        }
    }

    pub(super) fn read(mut self) -> Result<Expression, Stop> {
        let node = self.list()?;
        if let Some(word) = self.words.next() {
            return Err(Stop::told(if word == ")" {
                "unpaired ')'".to_owned()
            } else {
                format!("unrecognized: {word}")
            }));
        }
        self.found.node = if self.acts {
            node
        } else {
            Node::And(vec![node, Node::Test(Test::Print { end: b'\n' })])
        };
        Ok(self.found)
    }

    fn take(&mut self, words: &[&str]) -> bool {
        self.words
            .next_if(|word| words.contains(&word.as_str()))
            .is_some()
    }

    fn list(&mut self) -> Result<Node, Stop> {
        let mut nodes = vec![self.any()?];
        while self.take(&[","]) {
            nodes.push(self.any()?);
        }
        Ok(Node::List(nodes))
    }

    fn any(&mut self) -> Result<Node, Stop> {
        let mut nodes = vec![self.all()?];
        while self.take(&["-o", "-or"]) {
            nodes.push(self.all()?);
        }
        Ok(Node::Or(nodes))
    }

    fn all(&mut self) -> Result<Node, Stop> {
        let mut nodes = Vec::new();
        while let Some(word) = self.words.peek() {
            if matches!(word.as_str(), "-o" | "-or" | ")" | ",") {
                break;
            }
            if self.take(&["-a", "-and"]) {
                continue;
            }
            nodes.push(self.one()?);
        }
        Ok(Node::And(nodes))
    }

    fn one(&mut self) -> Result<Node, Stop> {
        let mut negated = false;
        while self.take(&["!", "-not"]) {
            negated = !negated;
        }
        let node = if self.take(&["("]) {
            self.depth += 1;
            if self.depth > DEPTH {
                return Err(Stop::told("too many parentheses"));
            }
            let node = self.list()?;
            if !self.take(&[")"]) {
                return Err(Stop::told("unpaired '('"));
            }
            self.depth -= 1;
            node
        } else {
            let word = self.words.next().unwrap_or_default();
            let test = self.test(&word)?;
            self.acts |= test.acts();
            Node::Test(test)
        };
        Ok(if negated {
            Node::Not(Box::new(node))
        } else {
            node
        })
    }

    fn value(&mut self, name: &str) -> Result<String, Stop> {
        let value = self.words.next();
        value.ok_or_else(|| Stop::told(format!("{name} requires an argument")))
    }

    fn amount(&mut self, name: &str) -> Result<Amount, Stop> {
        let text = self.value(name)?;
        Amount::read(&text).ok_or_else(|| invalid_number(&text))
    }

    fn depth_of(&mut self, name: &str) -> Result<usize, Stop> {
        let text = self.value(name)?;
        text.parse().map_err(|_| invalid_number(&text))
    }

    fn test(&mut self, name: &str) -> Result<Test, Stop> {
        Ok(match name {
            "-true" | "-noleaf" | "-daystart" => Test::True,
            "-false" => Test::False,
            "-name" | "-iname" => Test::Name {
                pattern: self.value(name)?,
                ignore_case: name == "-iname",
            },
            "-path" | "-wholename" | "-ipath" | "-iwholename" => Test::Path {
                pattern: self.value(name)?,
                ignore_case: name.starts_with("-i"),
            },
            "-regex" | "-iregex" => {
                let text = self.value(name)?;
                // The whole path is meant.
                let regex = Regex::new(
                    &format!("^\\({text}\\)$"),
                    Flavour::Basic,
                    name == "-iregex",
                );
                let wrong = |error| Stop::told(format!("bad regex '{text}': {error}"));
                Test::Regex(Box::new(regex.map_err(wrong)?))
            }
            "-type" => {
                let text = self.value(name)?;
                let kinds = text.split(',').map(kind).collect::<Option<Vec<_>>>();
                Test::Type(
                    kinds.ok_or_else(|| {
                        Stop::told(format!("invalid argument '{text}' to '-type'"))
                    })?,
                )
            }
            "-perm" => self.permissions(name)?,
            "-mtime" | "-atime" | "-ctime" => Test::Age {
                amount: self.amount(name)?,
                unit: 86_400,
            },
            "-mmin" | "-amin" | "-cmin" => Test::Age {
                amount: self.amount(name)?,
                unit: 60,
            },
            "-newer" | "-anewer" | "-cnewer" => {
                let file = self.value(name)?;
                let stat = self.process.stat(&file);
                let stat =
                    stat.map_err(|errno| Stop::told(format!("can't stat '{file}': {errno}")))?;
                Test::Newer(stat.meta.modified)
            }
            "-samefile" => {
                let file = self.value(name)?;
                let stat = self.process.stat(&file);
                let stat =
                    stat.map_err(|errno| Stop::told(format!("can't stat '{file}': {errno}")))?;
                Test::SameFile(stat.device, stat.ino)
            }
            "-size" => self.size(name)?,
            "-links" => Test::Links(self.amount(name)?),
            "-inum" => Test::Inode(self.amount(name)?),
            "-user" | "-uid" => {
                let user = self.value(name)?;
                let uid = self.accounts.uid(&user);
                Test::User(uid.ok_or_else(|| Stop::told(format!("unknown user {user}")))?)
            }
            "-group" | "-gid" => {
                let group = self.value(name)?;
                let gid = self.accounts.gid(&group);
                Test::Group(gid.ok_or_else(|| Stop::told(format!("unknown group {group}")))?)
            }
            "-nouser" => Test::NoUser,
            "-nogroup" => Test::NoGroup,
            "-empty" => Test::Empty,
            "-readable" => Test::Access(Want::READ),
            "-writable" => Test::Access(Want::WRITE),
            "-executable" => Test::Access(Want::EXECUTE),
            "-print" => Test::Print { end: b'\n' },
            "-print0" => Test::Print { end: 0 },
            "-printf" if matches!(self.process.wording, Wording::Gnu(_)) => self.format(name)?,
            "-ls" => Test::List,
            "-exec" | "-execdir" | "-ok" => self.command(name)?,
            "-delete" => self.delete(),
            "-prune" => Test::Prune,
            "-quit" => Test::Quit,
            "-maxdepth" => {
                self.found.most_depth = self.depth_of(name)?;
                Test::True
            }
            "-mindepth" => {
                self.found.least_depth = self.depth_of(name)?;
                Test::True
            }
            "-depth" | "-d" => {
                self.found.depth_first = true;
                Test::True
            }
            "-xdev" | "-mount" => {
                self.found.one_device = true;
                Test::True
            }
            _ => return Err(Stop::Usage(format!("unrecognized: {name}"))),
        })
    }

    /// What a directory holds goes before it does.
    fn delete(&mut self) -> Test {
        self.found.depth_first = true;
        Test::Delete
    }

    fn format(&mut self, name: &str) -> Result<Test, Stop> {
        let format = self.value(name)?;
        Ok(Test::Format(Format::read(&format)))
    }

    fn permissions(&mut self, name: &str) -> Result<Test, Stop> {
        let text = self.value(name)?;
        let (how, mode) = match text.chars().next() {
            Some(how @ ('-' | '+' | '/')) => (how, &text[1..]),
            _ => ('=', text.as_str()),
        };
        let mode = crate::process::tools::mode::Mode::read(mode);
        let mode = mode.ok_or_else(|| Stop::told(format!("invalid mode '{text}'")))?;
        Ok(Test::Permissions {
            bits: mode.applied_to(0, false, 0),
            how,
        })
    }

    fn size(&mut self, name: &str) -> Result<Test, Stop> {
        let text = self.value(name)?;
        let (digits, unit) = match text.as_bytes().last() {
            Some(b'c') => (&text[..text.len() - 1], 1),
            Some(b'w') => (&text[..text.len() - 1], 2),
            Some(b'b') => (&text[..text.len() - 1], 512),
            Some(b'k') => (&text[..text.len() - 1], 1 << 10),
            Some(b'M') => (&text[..text.len() - 1], 1 << 20),
            Some(b'G') => (&text[..text.len() - 1], 1 << 30),
            _ => (text.as_str(), 512),
        };
        let amount = Amount::read(digits).ok_or_else(|| invalid_number(&text))?;
        Ok(Test::Size { amount, unit })
    }

    fn command(&mut self, name: &str) -> Result<Test, Stop> {
        let missing = || Stop::told(format!("{name} requires an argument"));
        let mut words = Vec::new();
        let gathers = loop {
            let word = self.words.next().ok_or_else(missing)?;
            match word.as_str() {
                ";" => break false,
                "+" if words.last().is_some_and(|last| last == "{}") => break true,
                _ => words.push(word),
            }
        };
        if words.is_empty() {
            return Err(missing());
        }
        let index = gathers.then(|| {
            words.pop();
            self.found.gathering += 1;
            self.found.gathering - 1
        });
        Ok(Test::Execute { words, index })
    }
}

fn kind(letter: &str) -> Option<Kind> {
    Some(match letter {
        "f" => Kind::File,
        "d" => Kind::Directory,
        "l" => Kind::Symlink,
        "p" => Kind::Fifo,
        "s" => Kind::Socket,
        "b" => Kind::BlockDevice,
        "c" => Kind::CharDevice,
        _ => return None,
    })
}
