//! `pstree`: the processes, each behind the one that started it.

use super::options::Options;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::process::{Pid, Process, ProcessInfo};

pub(super) const TOOLS: &[Tool] = &[Tool::new("pstree", "[-p] [PID]", |process| {
    Box::pin(pstree(process))
})];

/// A process with those that it started, by name.
#[derive(PartialEq, Eq)]
struct Branch {
    label: String,
    below: Vec<Self>,
}

impl Branch {
    fn of(process: &ProcessInfo, all: &[ProcessInfo], with_numbers: bool) -> Self {
        let name = &process.name;
        let label = if with_numbers {
            format!("{name}({})", process.pid)
        } else {
            name.clone()
        };
        let children = all.iter().filter(|other| other.parent == process.pid);
        let mut below: Vec<Self> = children
            .map(|child| Self::of(child, all, with_numbers))
            .collect();
        below.sort_by(|a, b| a.label.cmp(&b.label));
        Self { label, below }
    }

    /// Writes it from where the line stands; `margin` is what stands before in further lines, and
    /// `closing` what ends the line.
    fn write(&self, count: usize, margin: &str, closing: &str, text: &mut String) {
        let (before, closing) = match count {
            1 => (String::new(), closing.to_owned()),
            count => (format!("{count}*["), format!("]{closing}")),
        };
        *text += &format!("{before}{}", self.label);
        let groups: Vec<_> = self.below.chunk_by(|a, b| a == b).collect();
        if groups.is_empty() {
            *text += &format!("{closing}\n");
            return;
        }
        let room = before.len() + self.label.chars().count();
        let blank = format!("{margin}{:room$} ", "");
        let last = groups.len() - 1;
        for (at, group) in groups.iter().enumerate() {
            let lead = match at {
                0 if last == 0 => "---".to_owned(),
                0 => "-+-".to_owned(),
                at if at == last => format!("{blank}`-"),
                _ => format!("{blank}|-"),
            };
            *text += &lead;
            let bar = if at == last { ' ' } else { '|' };
            group[0].write(group.len(), &format!("{blank}{bar} "), &closing, text);
        }
    }
}

async fn pstree(process: &mut Process) -> Outcome {
    let given = Options::new("p", &[]).read(&process.args)?;
    let operands = given.operands_between(0, 1)?;
    let root: Pid = match operands.first() {
        None => 1,
        Some(text) => text
            .parse()
            .map_err(|_| Stop::told(format!("unknown user {text}")))?,
    };
    let all = process.space.processes();
    let Some(first) = all.iter().find(|info| info.pid == root) else {
        return Err(Stop::told("No processes found"));
    };
    let mut text = String::new();
    Branch::of(first, &all, given.has('p')).write(1, "", "", &mut text);
    process.print(text).await?;
    Ok(0)
}
