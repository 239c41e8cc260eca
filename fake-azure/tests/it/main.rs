//! Tests of the simulator from outside, over HTTPS with mutual TLS.
//!
//! `cfg(test)` on each module tells clippy that helpers may `unwrap`, too.

#[cfg(test)]
mod admin;
#[cfg(test)]
mod answers;
#[cfg(test)]
mod azure_proxy;
#[cfg(test)]
mod bodies;
#[cfg(test)]
mod callers;
#[cfg(test)]
mod captures;
#[cfg(test)]
mod certificates;
#[cfg(test)]
mod certs;
#[cfg(test)]
mod compose;
#[cfg(test)]
mod data_disks;
#[cfg(test)]
mod debian_engine;
#[cfg(test)]
mod docker;
#[cfg(test)]
mod docker_clients;
#[cfg(test)]
mod docker_machine;
#[cfg(test)]
mod docker_serve;
#[cfg(test)]
mod door;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod faults_of_today;
#[cfg(test)]
mod fidelity;
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod gallery;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod killed;
#[cfg(test)]
mod load_balancers;
#[cfg(test)]
mod locks;
#[cfg(test)]
mod login;
#[cfg(test)]
mod machines;
#[cfg(test)]
mod managed_identity;
#[cfg(test)]
mod managed_machines;
#[cfg(test)]
mod model;
#[cfg(test)]
mod names;
#[cfg(test)]
mod network;
#[cfg(test)]
mod orphans;
#[cfg(test)]
mod paces;
#[cfg(test)]
mod process;
#[cfg(test)]
mod program;
#[cfg(test)]
mod published_ports;
#[cfg(test)]
mod quotas;
#[cfg(test)]
mod real_engine;
#[cfg(test)]
mod recordings;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod repeatable;
mod resource_manager;
#[cfg(test)]
mod schemas;
#[cfg(test)]
mod sdk_routes;
#[cfg(test)]
mod security_groups;
#[cfg(test)]
mod seeds;
#[cfg(test)]
mod services;
#[cfg(test)]
mod stage;
#[cfg(test)]
mod state;
#[cfg(test)]
mod state_of_engines;
#[cfg(test)]
mod strict;
#[cfg(test)]
mod today;
#[cfg(test)]
mod xml;
