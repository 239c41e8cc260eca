//! A protocol of lines, spoken.

use std::net::SocketAddr;

use super::input::Input;
use super::lines::Lines;
use super::pattern::Captures;
use super::stage::{End, Facts, Stage};
use super::talk::{Answer, Talk};
use super::timeline::Timeline;
use crate::process::Descriptor;

/// One who is talked to: over a connection, or over standard input and output.
pub(super) struct Conversation<'a> {
    pub(super) stage: &'a Stage,
    pub(super) talk: &'a Talk,
    /// Where answers go; to standard output when nothing is named.
    pub(super) output: Option<Descriptor>,
    pub(super) peer: Option<SocketAddr>,
}

/// What follows an answer.
enum Next {
    Line,
    Close,
    End(End),
}

impl Conversation<'_> {
    /// Talks until the other side has no more lines, or an answer ends it.
    pub(super) async fn hold(&self, input: &tokio::sync::Mutex<Input>) -> Option<End> {
        let mut time = self.stage.timeline();
        let greeting = self.lines(&self.talk.greeting, &time);
        self.say(&greeting, &time).await;
        loop {
            let prompt = self.talk.prompt.fill(&self.facts(&time));
            self.say(&prompt, &time).await;
            let line = input.lock().await.line().await;
            time.catch_up();
            time.step().await;
            let Ok(Some(line)) = line else {
                return self.talk.at_end.map(End::Exit);
            };
            match self.answer(&line, &mut time).await {
                Next::Line => {}
                Next::Close => return None,
                Next::End(end) => return Some(end),
            }
        }
    }

    async fn answer(&self, line: &str, time: &mut Timeline) -> Next {
        let found = self.find(line);
        let Some((answer, captures)) = found else {
            return Next::Line;
        };
        time.sleep(answer.after).await;
        let mut facts = self.facts(time);
        facts.line = Some((line, &captures));
        for (name, value) in &answer.set {
            let (name, value) = (name.fill(&facts), value.fill(&facts));
            self.stage.memory.set(&name, value);
        }
        let log = answer.log.fill(&facts, "\n");
        let said = answer.say.fill(&facts, &self.talk.end) + &answer.raw.fill(&facts);
        self.stage.write(1, &log, time.now()).await;
        self.say(&said, time).await;
        match answer.exit {
            Some(code) => Next::End(End::Exit(code)),
            None if answer.close => Next::Close,
            None => Next::Line,
        }
    }

    fn find(&self, line: &str) -> Option<(&Answer, Captures)> {
        let mut answers = self.talk.answers.iter();
        answers
            .find_map(|answer| Some((answer, answer.to.find(line)?)))
            .or_else(|| Some((self.talk.otherwise.as_ref()?, Captures::default())))
    }

    fn facts(&self, time: &Timeline) -> Facts<'_> {
        let mut facts = self.stage.facts(time.now());
        facts.peer = self.peer;
        facts
    }

    fn lines(&self, lines: &Lines, time: &Timeline) -> String {
        lines.fill(&self.facts(time), &self.talk.end)
    }

    async fn say(&self, text: &str, time: &Timeline) {
        match &self.output {
            None => self.stage.write(1, text, time.now()).await,
            Some(_) if text.is_empty() => {}
            Some(output) => {
                // One who is gone is noticed when the next line is read.
                output.write(text.as_bytes(), time.now()).await.ok();
            }
        }
    }
}
