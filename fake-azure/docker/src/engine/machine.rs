//! The host as processes see it.

use crate::host::Host;
use crate::process::Machine;

impl Host {
    /// The machine that its processes believe to run on.
    pub(crate) fn machine(&self) -> Machine {
        let mut machine = Machine::of_system(&self.operating_system);
        if let Some(release) = &self.kernel_version {
            machine.kernel_release.clone_from(release);
        }
        Machine {
            cpus: self.cpus,
            memory_bytes: self.memory_bytes,
            ..machine
        }
    }

    /// The kernel's release, as `uname -r` tells it.
    pub(crate) fn kernel_release(&self) -> String {
        self.machine().kernel_release
    }
}
