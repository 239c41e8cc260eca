//! The life of a machine as tables: what it shows, from when on.

use crate::world::word::words;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::pace::Pace;

/// What a machine shows of itself at one stage of its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Phase {
    /// Seconds of the real service since the life's start.
    #[serde(skip)]
    pub(crate) at: i64,
    /// How far the machine is.
    pub stage: Stage,
    /// What its hardware does.
    pub power: PowerState,
    /// What the guest agent says.
    pub agent: Agent,
    /// How far the extensions are.
    pub extensions: Extensions,
}

/// How far a machine is, as whoever runs its hardware sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) enum Stage {
    /// Nothing was heard of it, be it that it is not placed yet or that its system comes up.
    Unknown,
    /// It is being put on hardware.
    Creating,
    /// Its hardware is being switched on.
    Starting,
    /// Its system is being set up.
    Provisioning,
    /// It runs.
    Ready,
    /// It is being stopped.
    Stopping,
    /// It is stopped and keeps its hardware.
    Stopped,
    /// It is stopped and has given its hardware back.
    Deallocated,
    /// It is being deleted.
    Deleting,
}

words! {
    /// What the hardware of a machine does.
    pub enum PowerState {
        /// It comes on.
        Starting = "Starting",
        /// It is on.
        Started = "Started",
        /// It goes off.
        Stopping = "Stopping",
        /// It is off.
        Stopped = "Stopped",
    }
}

/// What the guest agent of a machine says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) enum Agent {
    /// There is no status at all.
    Absent,
    /// Nothing was heard of it yet.
    Silent,
    /// It runs.
    Ready,
}

/// How far the extensions of a machine are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) enum Extensions {
    /// Not begun: the agent is not there.
    Waiting,
    /// Being installed.
    Installing,
    /// Done, well or not.
    Done,
}

const fn row(
    at: i64,
    stage: Stage,
    power: PowerState,
    agent: Agent,
    extensions: Extensions,
) -> Phase {
    Phase {
        at,
        stage,
        power,
        agent,
        extensions,
    }
}

/// The first boot. Order and seconds are those of the recordings (seen between the bounds of
/// service-management facts: `ReadyRole` from 225 s on, the agent at 680 s at the latest);
/// where the agent turns ready in between is ours.
const BOOT: &[Phase] = &[
    row(
        0,
        Stage::Unknown,
        PowerState::Starting,
        Agent::Silent,
        Extensions::Waiting,
    ),
    row(
        45,
        Stage::Creating,
        PowerState::Starting,
        Agent::Silent,
        Extensions::Waiting,
    ),
    row(
        84,
        Stage::Starting,
        PowerState::Starting,
        Agent::Silent,
        Extensions::Waiting,
    ),
    row(
        111,
        Stage::Unknown,
        PowerState::Started,
        Agent::Silent,
        Extensions::Waiting,
    ),
    row(
        150,
        Stage::Provisioning,
        PowerState::Started,
        Agent::Silent,
        Extensions::Waiting,
    ),
    row(
        225,
        Stage::Ready,
        PowerState::Started,
        Agent::Silent,
        Extensions::Waiting,
    ),
    row(
        300,
        Stage::Ready,
        PowerState::Started,
        Agent::Ready,
        Extensions::Waiting,
    ),
    row(
        315,
        Stage::Ready,
        PowerState::Started,
        Agent::Ready,
        Extensions::Installing,
    ),
    row(
        360,
        Stage::Ready,
        PowerState::Started,
        Agent::Ready,
        Extensions::Done,
    ),
];

/// The first boot of a machine of Resource Manager: its creation ends with the agent's first word,
/// and what installs programs works on. The seconds are ours.
const MANAGED_BOOT: &[Phase] = &[
    row(
        0,
        Stage::Creating,
        PowerState::Starting,
        Agent::Silent,
        Extensions::Waiting,
    ),
    row(
        20,
        Stage::Provisioning,
        PowerState::Started,
        Agent::Silent,
        Extensions::Waiting,
    ),
    row(
        40,
        Stage::Ready,
        PowerState::Started,
        Agent::Ready,
        Extensions::Installing,
    ),
    row(
        120,
        Stage::Ready,
        PowerState::Started,
        Agent::Ready,
        Extensions::Done,
    ),
];

/// A start after a stop: nothing is provisioned again.
const START: &[Phase] = &[
    row(
        0,
        Stage::Unknown,
        PowerState::Starting,
        Agent::Silent,
        Extensions::Waiting,
    ),
    row(
        15,
        Stage::Creating,
        PowerState::Starting,
        Agent::Silent,
        Extensions::Waiting,
    ),
    row(
        40,
        Stage::Starting,
        PowerState::Starting,
        Agent::Silent,
        Extensions::Waiting,
    ),
    row(
        60,
        Stage::Unknown,
        PowerState::Started,
        Agent::Silent,
        Extensions::Waiting,
    ),
    row(
        90,
        Stage::Ready,
        PowerState::Started,
        Agent::Silent,
        Extensions::Waiting,
    ),
    row(
        120,
        Stage::Ready,
        PowerState::Started,
        Agent::Ready,
        Extensions::Done,
    ),
];

/// A restart in place.
const RESTART: &[Phase] = &[
    row(
        0,
        Stage::Unknown,
        PowerState::Starting,
        Agent::Silent,
        Extensions::Waiting,
    ),
    row(
        10,
        Stage::Starting,
        PowerState::Starting,
        Agent::Silent,
        Extensions::Waiting,
    ),
    row(
        40,
        Stage::Ready,
        PowerState::Started,
        Agent::Silent,
        Extensions::Waiting,
    ),
    row(
        60,
        Stage::Ready,
        PowerState::Started,
        Agent::Ready,
        Extensions::Done,
    ),
];

/// An extension that is set on a machine that runs: the update's own half minute, and a
/// minute of work.
const INSTALL: &[Phase] = &[
    row(
        0,
        Stage::Ready,
        PowerState::Started,
        Agent::Ready,
        Extensions::Installing,
    ),
    row(
        90,
        Stage::Ready,
        PowerState::Started,
        Agent::Ready,
        Extensions::Done,
    ),
];

/// While the operation that creates the machine runs.
pub(crate) const DEPLOYING: Phase = row(
    0,
    Stage::Stopped,
    PowerState::Stopped,
    Agent::Silent,
    Extensions::Waiting,
);
/// While the operation that stops the machine runs.
pub(crate) const STOPPING: Phase = row(
    0,
    Stage::Stopping,
    PowerState::Stopping,
    Agent::Silent,
    Extensions::Waiting,
);
/// Stopped, its hardware kept.
pub(crate) const STOPPED: Phase = row(
    0,
    Stage::Stopped,
    PowerState::Stopped,
    Agent::Silent,
    Extensions::Waiting,
);
/// Stopped, its hardware and addresses given back.
pub(crate) const DEALLOCATED: Phase = row(
    0,
    Stage::Deallocated,
    PowerState::Stopped,
    Agent::Absent,
    Extensions::Waiting,
);
/// While the operation that deletes the machine runs.
pub(crate) const DELETING: Phase = row(
    0,
    Stage::Deleting,
    PowerState::Stopping,
    Agent::Absent,
    Extensions::Waiting,
);

/// How a machine comes up, or an extension on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Boot {
    /// The first boot.
    First,
    /// The first boot of a machine of Resource Manager.
    Managed,
    /// A start after a stop.
    Start,
    /// A restart in place.
    Restart,
    /// An extension is set on a machine that runs.
    Installation,
}

impl Boot {
    /// How many of the real service's seconds it takes.
    pub(super) fn seconds(self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "tables hold minutes")]
        let seconds = self.table().last().map_or(1, |phase| phase.at) as f64;
        seconds
    }

    /// What is shown meanwhile.
    fn table(self) -> &'static [Phase] {
        match self {
            Self::First => BOOT,
            Self::Managed => MANAGED_BOOT,
            Self::Start => START,
            Self::Restart => RESTART,
            Self::Installation => INSTALL,
        }
    }
}

/// What a machine is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Course {
    /// Its creation still runs.
    Deploying,
    /// It comes up like this, or has done so.
    Up(Boot),
    /// It is being stopped.
    Stopping,
    /// It is stopped.
    Stopped,
    /// It is stopped and deallocated.
    Deallocated,
    /// It is being deleted.
    Deleting,
}

/// A machine's course since a moment, and how often it was looked at since.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Life {
    pub(crate) course: Course,
    pub(crate) since: Timestamp,
    pub(crate) looks: u32,
    /// When the agent spoke last, where it fell silent in a machine that runs.
    pub(crate) silent_since: Option<Timestamp>,
}

impl Life {
    pub(crate) fn new(course: Course, since: Timestamp) -> Self {
        Self {
            course,
            since,
            looks: 0,
            silent_since: None,
        }
    }

    /// Counts a look.
    pub(crate) fn look(&mut self) {
        self.looks = self.looks.saturating_add(1);
    }

    /// Where the machine stands.
    pub(crate) fn phase(&self, pace: Pace, now: Timestamp) -> &'static Phase {
        match self.course {
            Course::Deploying => &DEPLOYING,
            Course::Stopping => &STOPPING,
            Course::Stopped => &STOPPED,
            Course::Deallocated => &DEALLOCATED,
            Course::Deleting => &DELETING,
            Course::Up(boot) => {
                let table = boot.table();
                &table[self.index(table, pace, now)]
            }
        }
    }

    fn index(&self, table: &[Phase], pace: Pace, now: Timestamp) -> usize {
        let last = table.len() - 1;
        match pace {
            Pace::Instant => last,
            Pace::Reads(n) => ((self.looks / n.max(1)) as usize).min(last),
            Pace::After(_) | Pace::ByHand => table
                .iter()
                .rposition(|phase| self.from(phase, pace) <= now)
                .unwrap_or(0),
        }
    }

    fn from(&self, phase: &Phase, pace: Pace) -> Timestamp {
        #[expect(clippy::cast_precision_loss, reason = "tables hold minutes")]
        let seconds = phase.at as f64;
        after(self.since, seconds, pace)
    }

    /// When the machine's extensions will be done, where that is a matter of time.
    pub(crate) fn done_at(&self, pace: Pace) -> Option<Timestamp> {
        match (self.course, pace) {
            (Course::Up(boot), Pace::After(_) | Pace::ByHand) => {
                boot.table().last().map(|phase| self.from(phase, pace))
            }
            _ => None,
        }
    }
}

/// The moment that lies this many of the real service's seconds after `since`.
pub(crate) fn after(since: Timestamp, seconds: f64, pace: Pace) -> Timestamp {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "what is beyond time becomes its end"
    )]
    let millis = (seconds * 1000.0 * pace.scale()) as i64;
    since
        .checked_add(jiff::SignedDuration::from_millis(millis))
        .unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_boots_along_its_table() {
        let born: Timestamp = "2014-08-21T00:00:00Z".parse().unwrap();
        let life = Life::new(Course::Up(Boot::First), born);
        let seen = |seconds| {
            let now = born
                .checked_add(jiff::SignedDuration::from_secs(seconds))
                .unwrap();
            let phase = life.phase(Pace::ByHand, now);
            (phase.stage, phase.power, phase.agent)
        };
        assert_eq!(
            seen(0),
            (Stage::Unknown, PowerState::Starting, Agent::Silent)
        );
        assert_eq!(
            seen(44),
            (Stage::Unknown, PowerState::Starting, Agent::Silent)
        );
        assert_eq!(
            seen(45),
            (Stage::Creating, PowerState::Starting, Agent::Silent)
        );
        assert_eq!(
            seen(299),
            (Stage::Ready, PowerState::Started, Agent::Silent)
        );
        assert_eq!(seen(300), (Stage::Ready, PowerState::Started, Agent::Ready));
        assert_eq!(
            seen(1_000_000),
            (Stage::Ready, PowerState::Started, Agent::Ready)
        );
    }

    #[test]
    fn being_looked_at_moves_a_machine_on() {
        let born: Timestamp = "2014-08-21T00:00:00Z".parse().unwrap();
        let mut life = Life::new(Course::Up(Boot::First), born);
        let mut seen = Vec::new();
        for looks in 0..40 {
            life.looks = looks;
            seen.push(life.phase(Pace::Reads(2), born).stage);
        }
        seen.dedup();
        assert_eq!(
            seen,
            [
                Stage::Unknown,
                Stage::Creating,
                Stage::Starting,
                Stage::Unknown,
                Stage::Provisioning,
                Stage::Ready
            ]
        );
    }
}
