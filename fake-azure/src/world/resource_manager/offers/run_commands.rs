//! The commands that can be run in machines by their names, as the documentation of Run Command
//! tells them.

use serde_json::{Value, json};

use super::list;
use crate::world::spelling::is_same;

/// A command of the catalogue.
#[derive(Debug)]
pub(crate) struct RunCommand {
    pub(crate) id: &'static str,
    /// `Linux` or `Windows`.
    system: &'static str,
    label: &'static str,
    description: &'static str,
    /// What it runs; where whoever asks brings a script, an example of one.
    pub(crate) script: &'static [&'static str],
    /// Whether whoever asks brings the script, and parameters for it.
    pub(crate) is_brought: bool,
}

const SCHEMA: &str = "http://schema.management.azure.com/schemas/2016-11-17/runcommands.json";

static ALL: [RunCommand; 4] = [
    RunCommand {
        id: "IPConfig",
        system: "Windows",
        label: "List IP configuration",
        description: "Shows detailed information for the IP address, subnet mask and default gateway for each adapter bound to TCP/IP.",
        script: &["ipconfig /all"],
        is_brought: false,
    },
    RunCommand {
        id: "RunPowerShellScript",
        system: "Windows",
        label: "Executes a PowerShell script",
        description: "Custom multiline PowerShell script should be defined in script property. Optional parameters can be set in parameters property.",
        script: &[
            "param(",
            "    [string]$arg1,",
            "    [string]$arg2",
            ")",
            "Write-Host This is a sample script with parameters $arg1 $arg2",
        ],
        is_brought: true,
    },
    RunCommand {
        id: "RunShellScript",
        system: "Linux",
        label: "Executes a Linux shell script",
        description: "Custom multiline shell script should be defined in script property. Optional parameters can be set in parameters property.",
        script: &["echo This is a sample script with parameters $arg1 $arg2"],
        is_brought: true,
    },
    RunCommand {
        id: "ifconfig",
        system: "Linux",
        label: "List network configuration",
        description: "Get the configuration of all network interfaces.",
        script: &["ifconfig"],
        is_brought: false,
    },
];

/// The command of this name, whatever its case.
pub(crate) fn run_command(id: &str) -> Option<&'static RunCommand> {
    ALL.iter().find(|command| is_same(command.id, id))
}

/// The answer of `GET …/locations/L/runCommands`.
pub(crate) fn listed() -> Value {
    list(ALL.iter().map(RunCommand::briefly))
}

impl RunCommand {
    /// Whether it is for machines with this system.
    pub(crate) fn is_for(&self, system: &str) -> bool {
        is_same(self.system, system)
    }

    fn briefly(&self) -> Value {
        json!({
            "$schema": SCHEMA,
            "id": self.id,
            "osType": self.system,
            "label": self.label,
            "description": self.description,
        })
    }

    /// The answer of `GET …/locations/L/runCommands/ID`.
    pub(crate) fn told(&self) -> Value {
        let mut told = self.briefly();
        told["script"] = json!(self.script);
        if self.is_brought {
            let parameter = |name: &str, value: &str| {
                json!({
                    "name": name,
                    "type": "string",
                    "defaultValue": value,
                    "required": false,
                })
            };
            told["parameters"] = json!([parameter("arg1", "value1"), parameter("arg2", "value2")]);
        }
        told
    }
}
