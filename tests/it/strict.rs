//! `--strict`: what the old CLI ends with 0 and CI should hear of.

use crate::simulator::Simulator;

#[test]
fn what_is_not_found_done_or_answered_fails_on_wish_alone() {
    let simulator = Simulator::start();
    let made = simulator.sh(
        r#"azure vm create web Ubuntu-14_04 me 'Pa$$w0rd1' -l "West US" -e 22"#,
        &[],
    );
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let in_vain = [
        "azure vm show nope",
        "azure vm show nope --json",
        "azure vm start nope",
        "azure vm delete nope -q",
        "azure vm disk list nope",
        "azure vm endpoint list nope",
        "azure vm endpoint show nope",
        "azure vm endpoint show web -e nope",
        "azure network reserved-ip show nope",
        "azure network vnet show nope",
        "azure service cert delete ABCD -q",
        "azure config delete nope",
        "echo n | azure vm delete web",
    ];
    for line in in_vain {
        let of_old = simulator.sh(line, &[]);
        let by_environment = simulator.sh(&format!("export AZURE_STRICT=1; {line}"), &[]);
        let unwished = simulator.sh(&format!("export AZURE_STRICT=0; {line}"), &[]);

        assert_eq!(of_old.code, Some(0), "{line}: {}", of_old.stderr);
        assert_eq!(unwished.code, Some(0), "{line}: {}", unwished.stderr);
        assert_eq!(
            by_environment.code,
            Some(1),
            "{line}: {}",
            by_environment.stdout
        );
        assert!(by_environment.stderr.contains("command failed"), "{line}");
    }
    for line in [
        "azure vm show nope --strict",
        "azure vm delete web </dev/null",
        "azure vm delete web --strict </dev/null",
    ] {
        assert_eq!(simulator.sh(line, &[]).code, Some(1), "{line}");
    }
    for line in [
        "azure vm list --strict",
        "azure network reserved-ip list --strict",
        "azure vm show web --strict",
        "echo y | azure vm delete web --strict",
        "azure vm list --strict",
    ] {
        let ran = simulator.sh(line, &[]);
        assert_eq!(ran.code, Some(0), "{line}: {}", ran.stderr);
    }
}
