//! `reboot`, `poweroff`, `halt`, `shutdown`.

use fake_docker::process::Process;

use super::super::host::{Host, Power};
use super::called;

/// Notes what is to become of the machine; at once, unless a later time is named, everything ends.
pub(super) fn power(process: &Process, host: &Host) -> u8 {
    let name = called(process);
    let has = |options: &[&str]| {
        process
            .args
            .iter()
            .any(|word| options.contains(&word.as_str()))
    };
    let operands: Vec<_> = process.args[1..]
        .iter()
        .filter(|word| !word.starts_with('-'))
        .collect();
    let power = match name.as_str() {
        "reboot" => Power::Reboot,
        "shutdown" if has(&["-c"]) => Power::Stay,
        "shutdown" if has(&["-r", "--reboot"]) => Power::Reboot,
        _ => Power::Off,
    };
    host.facts().set_power(power);
    let is_now = name != "shutdown"
        || operands
            .first()
            .is_some_and(|when| *when == "now" || *when == "+0");
    if power != Power::Stay && is_now {
        process.space.end();
    }
    0
}
