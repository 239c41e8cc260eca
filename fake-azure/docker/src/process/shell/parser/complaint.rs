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
    UnterminatedQuote,
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
                let expected = expected.map(|word| format!(" (expecting \"{word}\")"));
                format!("unexpected {found}{}", expected.unwrap_or_default())
            }
            other => other.words().to_owned(),
        };
        format!("syntax error: {words}")
    }

    /// Returns the complaint in the words of dash.
    pub(crate) fn in_dash(&self) -> String {
        let words = match &self.complaint {
            Complaint::Unexpected { found, expected } => {
                let expected = expected.map(|word| format!(" (expecting \"{word}\")"));
                format!("{found} unexpected{}", expected.unwrap_or_default())
            }
            other => {
                let words = other.words();
                let (first, rest) = words.split_at(1);
                format!("{}{rest}", first.to_uppercase())
            }
        };
        format!("Syntax error: {words}")
    }

    /// Returns the complaint in the words of bash.
    pub(crate) fn in_bash(&self) -> String {
        match &self.complaint {
            Complaint::Unexpected { found, .. } => match found {
                Found::End => "syntax error: unexpected end of file".to_owned(),
                Found::Newline => "syntax error near unexpected token `newline'".to_owned(),
                Found::Token(token) => format!("syntax error near unexpected token `{token}'"),
                Found::Word | Found::Redirection => "syntax error near unexpected token".to_owned(),
            },
            _ => self.in_ash(),
        }
    }
}

impl Complaint {
    fn words(&self) -> &'static str {
        match self {
            Self::Unexpected { .. } => "unexpected token",
            Self::UnterminatedQuote => "unterminated quoted string",
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
