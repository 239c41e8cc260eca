//! Where a password comes from: what was typed, a file, standard input, the environment, or a
//! question.

use std::io;
use std::path::Path;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};

use crate::backend::Os;
use crate::domain::{Password, UserName};
use crate::input;
use crate::provision::{PasswordSource, Problem};
use crate::settings::create::PasswordWish;

/// Asks on a terminal, without showing what is typed.
pub trait Ask: Send + Sync {
    /// Whether lines come from the standard input of this process.
    fn is_standard_input(&self) -> bool {
        false
    }

    /// Puts `question`; `None` when there is no terminal to ask on.
    fn ask(&self, question: &str) -> io::Result<Option<SecretString>>;

    /// The next line of the standard input, without its end; empty when it has ended.
    fn line(&self) -> io::Result<SecretString>;
}

/// The sources, in their order.
pub struct Sources<'a> {
    /// What the options say.
    pub wish: &'a PasswordWish,
    /// The value of `AZURE_VM_PASSWORD`.
    pub environment: Option<&'a SecretString>,
    /// The terminal.
    pub ask: &'a dyn Ask,
}

impl std::fmt::Debug for Sources<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sources").finish_non_exhaustive()
    }
}

#[async_trait]
impl PasswordSource for Sources<'_> {
    async fn password(&self, user: &UserName, os: Os) -> Result<Password, Problem> {
        let text = self.text(user.as_str()).await?;
        Ok(match os {
            Os::Linux => Password::for_linux(text.expose_secret())?,
            Os::Windows => Password::for_windows(text.expose_secret())?,
        })
    }

    fn typed(&self) -> Option<SecretString> {
        match self.wish {
            PasswordWish::Typed(text) => Some(text.clone()),
            PasswordWish::File(_) | PasswordWish::StandardInput | PasswordWish::Unsaid => None,
        }
    }
}

impl Sources<'_> {
    async fn text(&self, user: &str) -> Result<SecretString, Problem> {
        match self.wish {
            PasswordWish::Typed(text) => Ok(text.clone()),
            PasswordWish::File(path) => from_file(path).await,
            PasswordWish::StandardInput => {
                if self.ask.is_standard_input() {
                    #[expect(
                        clippy::disallowed_methods,
                        reason = "the terminal reads it, and nothing is read of it here"
                    )]
                    input::readable(io::stdin()).await;
                }
                let line = self.ask.line();
                line.map_err(|error| no("standard input cannot be read", &error))
            }
            PasswordWish::Unsaid => match self.environment {
                Some(text) => Ok(text.clone()),
                None => self.asked(user),
            },
        }
    }

    fn asked(&self, user: &str) -> Result<SecretString, Problem> {
        let ask = |question: &str| {
            self.ask
                .ask(question)
                .map_err(|error| no("the terminal cannot be read", &error))?
                .ok_or_else(|| {
                    Problem::NoPassword(format!(
                        "a password for `{user}` is needed, and there is no terminal to ask on"
                    ))
                })
        };
        let first = ask(&format!("Enter VM '{user}' password:"))?;
        // What breaks a rule is told before it has to be typed again.
        let second = ask("Confirm password: ")?;
        if first.expose_secret() == second.expose_secret() {
            Ok(first)
        } else {
            Err(Problem::NoPassword("Passwords do not match.".to_owned()))
        }
    }
}

async fn from_file(path: &Path) -> Result<SecretString, Problem> {
    let what = format!("password file `{}` cannot be read", path.display());
    let file = input::open(path).map_err(|error| no(&what, &error))?;
    input::readable(&file).await;
    input::first_line(io::BufReader::new(file)).map_err(|error| no(&what, &error))
}

fn no(what: &str, error: &io::Error) -> Problem {
    Problem::NoPassword(format!("{what}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn me() -> UserName {
        UserName::for_linux("me").unwrap()
    }

    struct Answers(std::sync::Mutex<Vec<&'static str>>);

    impl Ask for Answers {
        fn ask(&self, _question: &str) -> io::Result<Option<SecretString>> {
            Ok(self.0.lock().unwrap().pop().map(SecretString::from))
        }

        fn line(&self) -> io::Result<SecretString> {
            Ok(self.ask("")?.unwrap_or_default())
        }
    }

    fn source<'a>(wish: &'a PasswordWish, ask: &'a Answers) -> Sources<'a> {
        Sources {
            wish,
            environment: None,
            ask,
        }
    }

    #[tokio::test]
    async fn two_different_answers_are_no_password() {
        let ask = Answers(vec!["Pa$$w0rd2", "Pa$$w0rd1"].into());

        let outcome = source(&PasswordWish::Unsaid, &ask)
            .password(&me(), Os::Linux)
            .await;

        assert!(
            matches!(&outcome, Err(Problem::NoPassword(words)) if words == "Passwords do not match.")
        );
    }

    #[tokio::test]
    async fn the_standard_input_is_read_where_it_was_named() {
        let ask = Answers(vec!["Pa$$w0rd1"].into());

        let password = source(&PasswordWish::StandardInput, &ask)
            .text("me")
            .await
            .unwrap();

        assert_eq!(password.expose_secret(), "Pa$$w0rd1");
    }

    #[tokio::test]
    async fn without_a_terminal_the_error_names_the_user_alone() {
        let ask = Answers(vec![].into());

        let outcome = source(&PasswordWish::Unsaid, &ask)
            .password(&me(), Os::Linux)
            .await;

        assert!(matches!(&outcome, Err(Problem::NoPassword(words)) if words.contains("`me`")));
    }
}
