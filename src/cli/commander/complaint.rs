//! What is wrong with a line.

/// What is wrong with a line, in the old CLI's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Complaint {
    /// There is no such command.
    #[error("'{0}' is not an azure command. See 'azure help'.")]
    UnknownCommand(String),
    /// There is no such option.
    #[error("unknown option `{0}'")]
    UnknownOption(String),
    /// An option lacks its value.
    #[error("option `{option}' argument missing{}", instead(.got.as_deref()))]
    MissingValue {
        /// The option, as help shows it.
        option: String,
        /// The word in the value's place.
        got: Option<String>,
    },
    /// An argument is missing.
    #[error("missing required argument `{0}'")]
    MissingArgument(String),
    /// There are more words than the command takes.
    #[error("too many arguments: `{0}'; nothing was done")]
    Surplus(String),
    /// A flag was given a value.
    #[error("option `{option}' takes no value, got `{got}'")]
    SurplusValue {
        /// The option, as help shows it.
        option: String,
        /// The value.
        got: String,
    },
}

fn instead(word: Option<&str>) -> String {
    word.map_or_else(String::new, |word| format!(", got `{word}'"))
}

/// What clap finds wrong with a line, without its layout: the complaint, and a hint.
pub fn told(error: &clap::Error) -> (String, Option<String>) {
    let text = error.to_string();
    let paragraphs: Vec<String> = text
        .split("\n\n")
        .map(|lines| lines.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    let complaint = paragraphs.first().map_or("", String::as_str);
    let hint = paragraphs
        .iter()
        .find_map(|paragraph| paragraph.strip_prefix("tip: "));
    (
        complaint
            .strip_prefix("error: ")
            .unwrap_or(complaint)
            .to_owned(),
        hint.map(str::to_owned),
    )
}
