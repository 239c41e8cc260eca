//! Why a text is no script.

/// Why reading a command stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The command goes on behind the text that is there.
    Incomplete,
    Error(SyntaxError),
}

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SyntaxError {
    pub(crate) line: usize,
    pub(crate) complaint: Complaint,
}

/// What is wrong with a script, without the words of any shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Complaint {
    Unexpected {
        found: Found,
        expected: Option<&'static str>,
    },
    /// The quote that nobody closes.
    UnterminatedQuote(char),
    UnterminatedBackquote,
    MissingBrace,
    MissingArithmeticEnd,
    BadSubstitution,
    BadForVariable,
    BadFunctionName,
    TooDeep,
    TooLong,
}

/// What stood where something else should have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    Word,
    Newline,
    Redirection,
    End,
    /// A reserved word or an operator.
    Token(String),
}

impl Complaint {
    pub(super) fn on_line(self, line: usize) -> Stop {
        Stop::Error(SyntaxError {
            line,
            complaint: self,
        })
    }
}

impl SyntaxError {
    /// Returns the complaint in the words of ash.
    pub(crate) fn in_ash(&self) -> String {
        let words = match &self.complaint {
            Complaint::Unexpected { found, expected } => {
                format!("unexpected {found}{}", expecting(*expected))
            }
            other => other.words().to_owned(),
        };
        format!("syntax error: {words}")
    }

    /// Returns the complaint in the words of dash.
    pub(crate) fn in_dash(&self) -> String {
        let words = match &self.complaint {
            Complaint::Unexpected { found, expected } => {
                format!("{found} unexpected{}", expecting(*expected))
            }
            other => {
                let words = other.words();
                let (first, rest) = words.split_at(1);
                format!("{}{rest}", first.to_uppercase())
            }
        };
        format!("Syntax error: {words}")
    }

    /// Returns the complaint in the words of bash: a line, or two of which the second
    /// shows the text.
    pub(crate) fn in_bash(&self, line: &str) -> Vec<String> {
        let open = match &self.complaint {
            Complaint::Unexpected {
                found: Found::End,
                expected: Some(")"),
            }
            | Complaint::MissingArithmeticEnd => ')',
            Complaint::Unexpected {
                found: Found::End, ..
            } => return vec!["syntax error: unexpected end of file".to_owned()],
            Complaint::Unexpected { found, .. } => {
                let token = match found {
                    Found::Newline => "newline",
                    Found::Token(token) => token,
                    Found::Word | Found::Redirection | Found::End => "word",
                };
                return vec![
                    format!("syntax error near unexpected token `{token}'"),
                    format!("`{line}'"),
                ];
            }
            Complaint::UnterminatedQuote(quote) => *quote,
            Complaint::UnterminatedBackquote => '`',
            Complaint::MissingBrace => '}',
            _ => return vec![self.in_ash()],
        };
        vec![format!(
            "unexpected EOF while looking for matching `{open}'"
        )]
    }
}

impl Complaint {
    fn words(&self) -> &'static str {
        match self {
            Self::Unexpected { .. } => "unexpected token",
            Self::UnterminatedQuote(_) => "unterminated quoted string",
            Self::UnterminatedBackquote => "EOF in backquote substitution",
            Self::MissingBrace => "missing '}'",
            Self::MissingArithmeticEnd => "missing '))'",
            Self::BadSubstitution => "bad substitution",
            Self::BadForVariable => "bad for loop variable",
            Self::BadFunctionName => "bad function name",
            Self::TooDeep => "commands are nested too deeply",
            Self::TooLong => "a command is too long",
        }
    }
}

/// What stands for any word where one is expected.
pub(super) const ANY_WORD: &str = "word";

fn expecting(expected: Option<&str>) -> String {
    match expected {
        None => String::new(),
        Some(ANY_WORD) => " (expecting word)".to_owned(),
        Some(token) => format!(" (expecting \"{token}\")"),
    }
}

impl std::fmt::Display for Found {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Word => f.write_str("word"),
            Self::Newline => f.write_str("newline"),
            Self::Redirection => f.write_str("redirection"),
            Self::End => f.write_str("end of file"),
            Self::Token(token) => write!(f, "\"{token}\""),
        }
    }
}
