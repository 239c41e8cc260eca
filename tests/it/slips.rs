//! Slips at the prompt: what may have been meant, which rule was broken, in one layout.

use crate::clean_room::CleanRoom;
use crate::simulator::Simulator;

#[test]
fn a_line_that_is_not_understood_is_told_in_one_layout_and_with_what_was_meant() {
    let room = CleanRoom::new();
    for (words, complaint, hint) in [
        (&["vm", "lsit"][..], "'lsit' is not", "did you mean `list`?"),
        (
            &["netwrok", "vnet"],
            "'netwrok' is not",
            "did you mean `network`?",
        ),
        (
            &["help", "vm", "dokcer"],
            "'dokcer' is not",
            "did you mean `docker`?",
        ),
        (
            &["vm", "list", "--jsno"],
            "unknown option `--jsno'",
            "did you mean `--json`?",
        ),
        (
            &["vm", "create", "a", "b", "--vmsize", "Small"],
            "unknown option `--vmsize'",
            "did you mean `--vm-size`?",
        ),
        (
            &["vm", "docker", "create", "-e", "web", "image", "user"],
            "missing required argument `user-name'",
            "-e took `web`, the word behind it, for its port",
        ),
        (
            &["fake", "serve", "--paec", "instant"],
            "unexpected argument '--paec' found",
            "a similar argument exists: '--pace'",
        ),
        (
            &["fake", "serve", "--pace", "quick"],
            "say instant, reads:N",
            "",
        ),
        (&["fake", "run"], "were not provided: <CMD>...", ""),
        (
            &["vm", "list", "--wait", "soon"],
            "invalid value 'soon' for '--wait",
            "",
        ),
    ] {
        let ran = room.azure(words);

        assert_eq!((ran.code, &*ran.stdout), (Some(1), ""), "{words:?}");
        let mut lines = ran.stderr.lines().map(str::trim_start);
        let error = lines.find(|line| !line.is_empty()).unwrap_or_default();
        assert!(
            error.starts_with("error: ") && error.contains(complaint),
            "{error}"
        );
        let hinted = lines.next().unwrap_or_default();
        assert_eq!(hinted.starts_with("hint: "), !hint.is_empty(), "{hinted}");
        assert!(hinted.contains(hint), "{hinted}");
        assert!(!ran.stderr.contains("Usage:"), "{}", ran.stderr);
    }
}

#[test]
fn what_is_not_there_is_told_with_what_comes_near() {
    let simulator = Simulator::start();
    let made = simulator.sh(
        r#"
        azure vm docker create web Ubuntu-14_04 me 'Pa$$w0rd1' -l "West US"
        azure network reserved-ip create mine "West US"
        azure network vnet create net -l "West US"
        "#,
        &[],
    );
    assert_eq!(made.code, Some(0), "{}", made.stderr);

    for (line, words) in [
        (
            "azure vm show wbe",
            "no machine is called `wbe`; did you mean `web`?",
        ),
        ("azure vm restart wbe", "did you mean `web`?"),
        ("azure vm endpoint list wbe", "did you mean `web`?"),
        ("azure vm extension get wbe", "did you mean `web`?"),
        ("azure vm disk list wbe", "did you mean `web`?"),
        (
            "azure vm endpoint delete web dokcer",
            "did you mean `docker`?",
        ),
        (
            "azure vm endpoint show web -e dokcer",
            "did you mean `docker`?",
        ),
        (
            "azure network reserved-ip show mien",
            "did you mean `mine`?",
        ),
        ("azure network vnet show nett", "did you mean `net`?"),
        (
            "azure network vnet create net2 -l 'Wset US'",
            "did you mean `West US`",
        ),
        (
            "azure account set 'Simulated subscriptoin'",
            "did you mean `Simulated subscription`?",
        ),
        (
            "azure vm create new Ubuntu-14_04 me 'Pa$$w0rd1' -l wset-us",
            "did you mean `West US`",
        ),
        (
            "azure vm create new Ubuntu-14_04 me 'Pa$$w0rd1' -l 'West US' -z Meduim",
            "did you mean `Medium`?",
        ),
        (
            "azure vm create new Ubunto-14_04 me 'Pa$$w0rd1' -l 'West US'",
            "near matches: b39f27a8b8c64d52b05eac6a62ebad85__Ubuntu-14_04",
        ),
        (
            "azure vm create my_host Ubuntu-14_04 me 'Pa$$w0rd1' -l 'West US'",
            "1 to 63 letters, digits and inner hyphens",
        ),
        (
            "azure vm docker create -l 'West US' -e web Ubuntu-14_04 me 'Pa$$w0rd1'",
            "--ssh took `web`, the word behind it, for its port",
        ),
    ] {
        let ran = simulator.sh(&format!("{line} 2>&1 || true"), &[]);

        assert!(ran.stdout.contains(words), "{line}: {}", ran.stdout);
    }
}

#[test]
fn what_the_service_alone_looks_for_is_told_with_what_comes_near() {
    let simulator = Simulator::start();
    let made = simulator.sh(
        r#"
        azure service create web --location "West US"
        azure storage account create store -l "West US"
        azure account affinity-group create group -l "West US"
        "#,
        &[],
    );
    assert_eq!(made.code, Some(0), "{}", made.stderr);

    for (line, words) in [
        (
            "azure network reserved-ip create other 'Wset US'",
            "did you mean `West US`",
        ),
        (
            "azure service create other --location 'Wset US'",
            "did you mean `West US`",
        ),
        (
            "azure service create other --location Atlantis",
            "`azure vm location list` lists the locations",
        ),
        (
            "azure service create other --affinitygroup gruop",
            "did you mean `group`?",
        ),
        ("azure service show wbe", "did you mean `web`?"),
        ("azure service delete -q wbe", "did you mean `web`?"),
        (
            "azure storage account create other -l 'Wset US'",
            "did you mean `West US`",
        ),
        ("azure storage account show stroe", "did you mean `store`?"),
        (
            "azure storage account set stroe -e label",
            "did you mean `store`?",
        ),
        (
            "azure storage account keys list stroe",
            "did you mean `store`?",
        ),
        (
            "azure storage account keys renew --primary stroe",
            "did you mean `store`?",
        ),
        (
            "azure storage account connectionstring show stroe",
            "did you mean `store`?",
        ),
        (
            "azure storage account delete -q stroe",
            "did you mean `store`?",
        ),
        (
            "azure account affinity-group create other -l 'Wset US'",
            "did you mean `West US`",
        ),
        (
            "azure account affinity-group show gruop",
            "did you mean `group`?",
        ),
        (
            "azure account affinity-group delete -q gruop",
            "did you mean `group`?",
        ),
        (
            "azure vm image show b39f27a8b8c64d52b05eac6a62ebad85__Ubunto-14_10-amd64-server-20140729-alpha2-en-us-30GB",
            "did you mean `b39f27a8b8c64d52b05eac6a62ebad85__Ubuntu-14_10",
        ),
        (
            "azure vm image delete nothing-like-it",
            "`azure vm image list` lists the images",
        ),
        (
            "azure vm disk show nothing-like-it",
            "`azure vm disk list` lists the disks",
        ),
        (
            "azure vm disk delete nothing-like-it",
            "`azure vm disk list` lists the disks",
        ),
    ] {
        let ran = simulator.sh(&format!("{line} 2>&1 || true"), &[]);

        assert!(ran.stdout.contains(words), "{line}: {}", ran.stdout);
    }
}

#[test]
fn help_is_asked_for_anywhere_and_tells_defaults() {
    let room = CleanRoom::new();
    for words in [
        &["fake", "serve", "--help"][..],
        &["fake", "serve", "--pace", "instant", "-h"],
        &["help", "fake", "serve"],
    ] {
        let ran = room.azure(words);

        assert_eq!((ran.code, &*ran.stderr), (Some(0), ""), "{words:?}");
        for told in [
            "Usage: azure fake serve [options]\n",
            "(default: 127.0.0.1:0)",
            "instant (all is done at once), reads:N",
            "(default: instant)",
        ] {
            assert!(ran.stdout.contains(told), "{told}: {}", ran.stdout);
        }
        assert!(!ran.stdout.contains("--subscription"), "{}", ran.stdout);
    }
}

#[test]
fn an_endpoint_without_tls_is_not_imported_and_a_name_is_an_address_to_listen_on() {
    let simulator = Simulator::start();
    let ran = simulator.sh(
        r#"
        sed s,https://,http://, "$AZURE_PUBLISH_SETTINGS" >plain.publishsettings
        azure account import plain.publishsettings 2>&1 || echo refused
        azure fake serve --listen localhost:0 --ready-file ready >served &
        until test -e ready; do sleep 0.01; done
        kill $!
        wait
        grep '^management  https://127.0.0.1:' served
        "#,
        &[],
    );

    assert_eq!(ran.code, Some(0), "{} {}", ran.stdout, ran.stderr);
    assert!(
        ran.stdout.contains("is not reached by https"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("refused\nmanagement"), "{}", ran.stdout);
}
