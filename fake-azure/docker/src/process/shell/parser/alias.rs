//! Aliases: words in front of a command that stand for other text.

use super::Parser;
use super::token::Token;

/// How long all text may become by aliases.
const LONGEST: usize = 1 << 20;

impl Parser {
    /// Puts the text of an alias in the place of the token at hand; whether it is one.
    pub(super) fn replace_alias(&mut self) -> bool {
        if self.aliases.is_empty() {
            return false;
        }
        let Some(Token::Word(word)) = &self.peeked else {
            return false;
        };
        let Some((name, text)) = word
            .as_bare()
            .and_then(|name| self.aliases.get_key_value(name))
        else {
            return false;
        };
        let behind = self.cursor.rest().len();
        // An alias within its own text is the mere word.
        self.active_aliases.retain(|(_, end)| behind > *end);
        let is_active = self.active_aliases.iter().any(|(known, _)| known == name);
        if is_active || behind + text.len() > LONGEST {
            return false;
        }
        self.active_aliases.push((name.clone(), behind));
        if self.before_aliases.is_none() {
            self.before_aliases = Some(self.cursor.clone());
        }
        let text = text.clone() + " ";
        self.cursor.replace_since(self.start_of_token, &text);
        self.peeked = None;
        true
    }
}
