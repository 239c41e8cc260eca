//! Tests of `azure` from outside: the built binary, strangers' clients, the shape of the house.
//!
//! `cfg(test)` on each module tells clippy that helpers may `expect`, too.

#[cfg(test)]
mod ansible;
#[cfg(test)]
mod architecture;
#[cfg(test)]
mod at_a_terminal;
#[cfg(test)]
mod az;
#[cfg(test)]
mod background;
#[cfg(test)]
mod capacity;
#[cfg(test)]
mod clean_room;
#[cfg(test)]
mod cli;
#[cfg(test)]
mod cli_page;
#[cfg(test)]
mod clouds;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod docker_cli;
#[cfg(test)]
mod docker_hosts;
#[cfg(test)]
mod everyday;
mod fake_create;
#[cfg(test)]
mod fake_run;
#[cfg(test)]
mod fault_plans;
#[cfg(test)]
mod fault_sweep;
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod hostile_service;
#[cfg(test)]
mod interrupts;
#[cfg(test)]
mod newcomer;
#[cfg(test)]
mod old_cli;
#[cfg(test)]
mod old_cli_arm;
#[cfg(test)]
mod old_cli_suites;
#[cfg(test)]
mod orphans;
#[cfg(test)]
mod other_clients;
#[cfg(test)]
mod outputs;
#[cfg(test)]
mod packer;
#[cfg(test)]
mod provision;
#[cfg(test)]
mod proxy;
#[cfg(test)]
mod python_sdk;
#[cfg(test)]
mod readers;
#[cfg(test)]
mod readiness;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod real_service;
#[cfg(test)]
mod recorded_creates;
#[cfg(test)]
mod reliability;
#[cfg(test)]
mod resource_manager;
#[cfg(test)]
mod sdks_of_today;
#[cfg(test)]
mod simulator;
#[cfg(test)]
mod slips;
#[cfg(test)]
mod strict;
#[cfg(test)]
mod today;
#[cfg(test)]
mod told_to_programs;
#[cfg(test)]
mod transport;
#[cfg(test)]
mod wire_faults;
