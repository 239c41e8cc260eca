//! Steps in time: one after another, beside whatever else the program does.

use super::stage::{End, Stage};
use super::step::{Action, Step};
use super::text::Text;
use super::timeline::Timeline;

impl Stage {
    /// Does steps until one of them ends the program.
    pub(super) async fn perform(&self, steps: &[Step]) -> Option<End> {
        let mut time = self.timeline();
        for step in steps {
            time.sleep(step.after).await;
            let mut done = 0;
            loop {
                for action in &step.actions {
                    if let Some(end) = self.act(action, &mut time).await {
                        return Some(end);
                    }
                    time.step().await;
                }
                done += 1;
                match step.repeat {
                    Some(repeat) if repeat.times.is_none_or(|times| done < times) => {
                        time.sleep(repeat.every).await;
                    }
                    _ => break,
                }
            }
        }
        None
    }

    async fn act(&self, action: &Action, time: &mut Timeline) -> Option<End> {
        let now = time.now();
        let facts = self.facts(now);
        match action {
            Action::Print(lines) => self.write(1, &lines.fill(&facts, "\n"), now).await,
            Action::Complain(lines) => self.write(2, &lines.fill(&facts, "\n"), now).await,
            Action::Raw(text) => self.write(1, &text.fill(&facts), now).await,
            Action::Set(pairs) => {
                for (name, value) in pairs {
                    self.memory.set(&name.fill(&facts), value.fill(&facts));
                }
            }
            Action::Change(change) => {
                if let Err((path, errno)) = self.change(change, time) {
                    self.complain(&format!("{path}: {errno}"), now).await;
                }
            }
            Action::Read(name) => {
                let name = name.fill(&facts);
                let line = self.input.lock().await.line().await.ok().flatten();
                self.memory.set(&name, line.unwrap_or_default());
                time.catch_up();
            }
            Action::Expect(pattern, code) => {
                let line = self.input.lock().await.line().await.ok().flatten();
                time.catch_up();
                if line.and_then(|line| pattern.find(&line)).is_none() {
                    return Some(End::Exit(*code));
                }
            }
            Action::Run(words) => self.run(&self.words(words, time), time).await,
            Action::Exec(words) => return Some(End::Exec(self.words(words, time))),
            Action::Open(port) => return self.listen(port, time).await,
            Action::Exit(code) => return Some(End::Exit(*code)),
            Action::Crash(signal) => return Some(End::Crash(*signal)),
        }
        None
    }

    fn words(&self, words: &[Text], time: &Timeline) -> Vec<String> {
        let facts = self.facts(time.now());
        words.iter().map(|word| word.fill(&facts)).collect()
    }

    async fn run(&self, words: &[String], time: &mut Timeline) {
        match self.process.spawn(self.process.child(words.to_vec())) {
            Ok(child) => {
                child.wait().await;
                time.catch_up();
            }
            Err(error) => self.complain(&error.to_string(), time.now()).await,
        }
    }
}
