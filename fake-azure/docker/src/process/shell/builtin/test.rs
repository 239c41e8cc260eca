//! `[[ … ]]`.

use futures_util::future::BoxFuture;
use regex_lite::Regex;

use super::super::Shell;
use super::super::expand::Context;
use super::super::interrupt::Interrupt;
use super::super::parser;
use super::super::syntax::{Test, Word};
use crate::process::tools;

impl Shell {
    /// Whether a condition holds.
    pub(in super::super) fn test<'a>(
        &'a mut self,
        test: &'a Test,
    ) -> BoxFuture<'a, Result<bool, Interrupt>> {
        Box::pin(async move {
            match test {
                Test::Not(inner) => Ok(!self.test(inner).await?),
                Test::All(tests) => {
                    for test in tests {
                        if !self.test(test).await? {
                            return Ok(false);
                        }
                    }
                    Ok(true)
                }
                Test::Any(tests) => {
                    for test in tests {
                        if self.test(test).await? {
                            return Ok(true);
                        }
                    }
                    Ok(false)
                }
                Test::Word(word) => Ok(!self.text(word).await?.is_empty()),
                Test::Unary(operator, word) => {
                    let operand = self.text(word).await?;
                    match operator.as_str() {
                        "-v" => Ok(match parser::subscripted(&operand) {
                            Some(_) => self.element_by_text(&operand).is_some(),
                            None => self.value_of(&operand).is_some(),
                        }),
                        "-R" => Ok(self.state.variables.referred(&operand).is_some()),
                        _ => self.asked(&[operator.clone(), operand]).await,
                    }
                }
                Test::Binary(left, operator, right) => {
                    let left = self.text(left).await?;
                    match operator.as_str() {
                        "=" | "==" => {
                            let is_alike = self.state.habits.has("nocasematch");
                            Ok(self.pattern(right).await?.matches_in(&left, is_alike))
                        }
                        "!=" => {
                            let is_alike = self.state.habits.has("nocasematch");
                            Ok(!self.pattern(right).await?.matches_in(&left, is_alike))
                        }
                        "=~" => self.matches_expression(&left, right).await,
                        "-eq" | "-ne" | "-lt" | "-le" | "-gt" | "-ge" => {
                            let right = self.text(right).await?;
                            let left = self.evaluate(&left).await?;
                            let right = self.evaluate(&right).await?;
                            Ok(compared(left, operator, right))
                        }
                        _ => {
                            let right = self.text(right).await?;
                            self.asked(&[left, operator.clone(), right]).await
                        }
                    }
                }
            }
        })
    }

    /// Asks what `test` answers.
    async fn asked(&mut self, words: &[String]) -> Result<bool, Interrupt> {
        match tools::test::evaluate(&self.process, words) {
            Ok(holds) => Ok(holds),
            Err(message) => Err(self.fail(&message).await),
        }
    }

    async fn matches_expression(&mut self, text: &str, word: &Word) -> Result<bool, Interrupt> {
        let mut expression = String::new();
        for part in self.parts(word, Context::default()).await? {
            if part.is_quoted {
                expression.push_str(&regex_lite::escape(&part.text));
            } else {
                expression.push_str(&part.text);
            }
        }
        if let Ok(expression) = Regex::new(&expression) {
            let Some(found) = expression.captures(text) else {
                return Ok(false);
            };
            if self.state.dialect.is_bash() {
                let groups = found.iter();
                let groups =
                    groups.map(|group| group.map_or("", |group| group.as_str()).to_owned());
                let set = self
                    .state
                    .variables
                    .set_elements("BASH_REMATCH", groups.collect());
                self.taken("BASH_REMATCH", set).await?;
            }
            Ok(true)
        } else {
            let message = format!("{expression}: not a regular expression");
            Err(self.fail(&message).await)
        }
    }
}

fn compared(left: i64, operator: &str, right: i64) -> bool {
    match operator {
        "-eq" => left == right,
        "-ne" => left != right,
        "-lt" => left < right,
        "-le" => left <= right,
        "-gt" => left > right,
        _ => left >= right,
    }
}
