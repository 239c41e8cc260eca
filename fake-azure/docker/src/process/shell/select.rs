//! `select` of bash: a menu, a question, and the body for each answer.

use std::sync::Arc;

use super::Shell;
use super::frame::Frame;
use super::interrupt::Interrupt;
use super::text;

/// How wide a menu is where nobody says so, in columns.
const WIDTH: usize = 80;
/// How wide a tab is.
const TAB: usize = 8;
/// What stands behind the number of a word.
const BEHIND_NUMBER: &str = ") ";

impl Shell {
    /// Asks once more, and runs the body for the answer; without one the loop ends.
    pub(super) async fn step_select(&mut self) -> Result<(), Interrupt> {
        let Some(Frame::Select {
            variable,
            words,
            body,
            is_shown,
        }) = self.frames.last_mut()
        else {
            return Ok(());
        };
        let shows = std::mem::replace(is_shown, false);
        let (variable, words, body) = (variable.clone(), words.clone(), Arc::clone(body));
        if shows {
            let width = self
                .value_of("COLUMNS")
                .and_then(|width| width.parse().ok());
            let menu = menu(&words, width.filter(|width| *width > 0).unwrap_or(WIDTH));
            self.process.complain(text::encode(&menu)).await;
        }
        let prompt = self.value_of("PS3").unwrap_or_else(|| "#? ".to_owned());
        self.process.complain(text::encode(&prompt)).await;
        if self.read(&[]).await? != 0 {
            self.process.print("\n").await.ok();
            self.state.status = 1;
            self.pop();
            return Ok(());
        }
        let reply = self.value_of("REPLY").unwrap_or_default();
        if reply.is_empty() {
            if let Some(Frame::Select { is_shown, .. }) = self.frames.last_mut() {
                *is_shown = true;
            }
            return Ok(());
        }
        let number = reply.trim().parse::<usize>().ok();
        let chosen = number.and_then(|number| words.get(number.checked_sub(1)?));
        let chosen = chosen.cloned().unwrap_or_default();
        self.set_variable(&variable, chosen).await?;
        self.push_list(&body);
        Ok(())
    }
}

/// The words with their numbers, in as many columns as fit.
fn menu(words: &[String], width: usize) -> String {
    let digits = |number: usize| number.to_string().len();
    let length = |word: &String| word.chars().count();
    let count = words.len();
    let widest = words.iter().map(length).max().unwrap_or_default();
    let column = widest + digits(count) + BEHIND_NUMBER.len() + 2;
    let columns = (width / column).max(1);
    let rows = count.div_ceil(columns);
    let (rows, columns) = match count.div_ceil(rows.max(1)) {
        // One line of words is a column of them.
        columns if rows == 1 => (columns, 1),
        columns => (rows, columns),
    };
    let mut menu = String::new();
    for row in 0..rows {
        let mut at = 0;
        for (place, index) in (row..count).step_by(rows.max(1)).take(columns).enumerate() {
            let room = digits(if place == 0 { rows } else { count });
            let word = &words[index];
            let number = format!("{:>room$}", index + 1);
            menu.extend([&number, BEHIND_NUMBER, word]);
            if index + rows >= count {
                break;
            }
            let end = at + room + BEHIND_NUMBER.len() + length(word);
            indent(&mut menu, end, at + column);
            at += column;
        }
        menu.push('\n');
    }
    menu
}

/// Fills up to a column, with tabs as far as they go.
fn indent(menu: &mut String, mut from: usize, to: usize) {
    while from < to {
        if to / TAB > from / TAB {
            menu.push('\t');
            from += TAB - from % TAB;
        } else {
            menu.push(' ');
            from += 1;
        }
    }
}
