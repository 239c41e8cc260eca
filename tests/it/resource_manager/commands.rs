//! The seed's line and the commands around it, as processes.

use std::process::Command;

use crate::clean_room::{CleanRoom, Ran, run};
use crate::today;

fn in_a_run(room: &CleanRoom, script: &str) -> Command {
    let mut command = room.azure_command(&["fake", "run"]);
    command.args(["--", "sh", "-ec", script]);
    command
}

#[track_caller]
fn well(ran: &Ran) -> &str {
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    &ran.stdout
}

#[test]
fn the_seeds_line_makes_a_host_that_docker_verifies() {
    let room = CleanRoom::new();
    let script = "azure config mode arm
        azure vm docker create -e 22 -l 'West US' my-docker-host Ubuntu-24_04 azureuser
        docker --tlsverify -H tcp://my-docker-host.westus.cloudapp.azure.com:2376 info
        azure vm docker ls
        eval \"$(azure vm docker env my-docker-host)\"
        docker run --rm alpine echo hello from docker
        azure vm docker rm -q my-docker-host
        azure group list";
    let ran = run(&mut in_a_run(&room, script));
    let said = well(&ran);
    for words in [
        "Docker answers at my-docker-host.westus.cloudapp.azure.com:2376",
        "Server Version: ",
        "hello from docker",
        "Removed resource group `my-docker-host`",
        "No matched resource groups were found",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[test]
fn a_host_of_todays_azure_is_made_in_an_embedded_simulator() {
    let room = CleanRoom::new();
    well(&room.azure(&["config", "mode", "arm"]));
    let line = [
        "vm",
        "docker",
        "create",
        "--fake",
        "--exit",
        "-e",
        "22",
        "-l",
        "West US",
        "fakehost",
        "Ubuntu-24_04",
        "azureuser",
        "--docker-port",
        "24376",
    ];
    let ran = room.azure(&line);
    let said = well(&ran);
    assert!(
        said.contains("Docker answers at fakehost.westus.cloudapp.azure.com:24376"),
        "{said}"
    );
    assert!(
        said.contains("--tlsverify -H tcp://127.0.0.1:24376"),
        "{said}"
    );
}

#[test]
fn whoever_is_signed_in_sees_and_turns_machines() {
    let room = CleanRoom::new();
    let script = "export AZURE_CONFIG_DIR=$HOME/own
        azure login --service-principal
        azure account show
        azure location list
        azure group create g westus -t a=1
        azure vm docker create -e 22 -g g web Debian-12 azureuser
        azure vm list g
        azure vm show g web --json >machine.json
        grep -q hardwareProfile machine.json
        azure vm stop g web
        azure vm list
        azure vm start web
        azure vm deallocate web
        azure vm restart web || azure vm start web
        azure vm docker rm -q web
        azure group show g
        azure group delete g -q
        ls -l own/classic.json
        azure logout
        azure account list";
    let ran = run(&mut in_a_run(&room, script));
    let said = well(&ran);
    for words in [
        "Has Access Token            : Yes",
        "Has Certificate             : No",
        "West US",
        "VM running",
        "VM stopped",
        "Left resource group `g`: it was there before the host was made",
        "Tags                : a=1",
        "Deleted resource group g",
        "-rw-------",
        "No subscriptions imported",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
}

/// Labels are taken by region, so two hosts may be called alike; each is its own.
#[test]
fn of_two_hosts_of_one_name_the_one_that_is_meant_goes() {
    let room = CleanRoom::new();
    let script = "azure config mode arm
        azure vm docker create -l westus twin Ubuntu-24_04 me
        azure vm docker create -l eastus -g other twin Ubuntu-24_04 me
        azure vm docker ls --json | grep -o '\"resourceGroup\": \"[a-z]*\"' | sort
        azure vm docker rm -q twin 2>&1 || echo refused rm
        azure vm docker env twin 2>&1 || echo refused env
        azure vm docker env -g OTHER twin
        azure vm docker env -d twin.westus.cloudapp.azure.com twin
        azure vm docker rm -q -g nowhere twin 2>&1 || echo refused nowhere
        azure vm docker rm -q -g other twin
        azure group list
        azure vm docker env twin
        azure vm docker rm -q twin
        azure group list
        azure vm docker recover --list";
    let ran = run(&mut in_a_run(&room, script));
    let said = well(&ran);
    let (made, rest) = said.split_once("refused rm").expect("a refusal");
    assert!(
        made.contains("several Docker hosts are called `twin`: in resource groups other, twin"),
        "{said}"
    );
    let groups = "\"resourceGroup\": \"other\"\n\"resourceGroup\": \"twin\"\n";
    assert!(made.contains(groups), "{said}");
    let (env, rest) = rest.split_once("refused env").expect("a refusal");
    assert!(env.contains("with -g"), "{said}");
    let (both, rest) = rest.split_once("refused nowhere").expect("a refusal");
    let hosts: Vec<&str> = both
        .lines()
        .filter(|line| line.contains("DOCKER_HOST="))
        .collect();
    let [east, west] = &hosts[..] else {
        panic!("{said}");
    };
    assert!(east.contains("twin.eastus.cloudapp.azure.com"), "{said}");
    assert!(west.contains("twin.westus.cloudapp.azure.com"), "{said}");
    let (removed, rest) = rest
        .split_once("twin.westus.")
        .expect("the host that stays");
    assert!(removed.contains("Removed resource group `other`"), "{said}");
    assert!(!removed.contains("Removed resource group `twin`"), "{said}");
    assert!(rest.contains("Removed resource group `twin`"), "{said}");
    assert!(
        rest.contains("No matched resource groups were found"),
        "{said}"
    );
    assert!(rest.contains("Nothing is unfinished"), "{said}");
}

/// A profile may have both clouds, and a host of one name in each.
#[test]
fn hosts_of_one_name_in_both_clouds_are_each_its_clouds() {
    let room = CleanRoom::new();
    let script = "azure vm docker create -l 'West US' dual Ubuntu-14_04 azureuser 'Passw0rd!x'
        azure config mode arm
        azure vm docker create -l westus dual Ubuntu-24_04 me
        azure vm docker rm -q dual
        azure group list
        azure config mode asm
        azure vm docker ls --json | grep -c '\"service\": \"dual\"'
        azure vm docker rm -q dual
        azure vm docker ls
        azure storage account list
        azure vm docker recover --list";
    let ran = run(&mut in_a_run(&room, script));
    let said = well(&ran);
    for words in [
        "Removed resource group `dual`",
        "No matched resource groups were found",
        "Removed cloud service `dual`",
        "No Docker hosts found",
        "Nothing is unfinished",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!said.contains("no record tells"), "{said}");
}

/// A group that was left for what somebody had put into it is not another host's to remove.
#[test]
fn what_a_removal_left_in_another_group_stays_until_its_host_is_named() {
    let room = CleanRoom::new();
    let script = "export AZURE_CONFIG_DIR=$HOME/own
        azure login --service-principal
        azure vm docker create -l westus -g shared first Ubuntu-24_04 me
        azure vm docker create -l westus -g shared second Ubuntu-24_04 me
        azure vm docker create -l westus third Ubuntu-24_04 me
        azure vm docker rm -q first
        azure vm delete shared second -q
        azure vm docker rm -q third >third.txt
        grep -c shared third.txt || true
        azure group show shared >/dev/null
        azure vm docker rm -q second
        azure group list";
    let ran = run(&mut in_a_run(&room, script));
    let said = well(&ran);
    assert!(said.contains("\n0\n"), "{said}");
    assert!(said.contains("Removed resource group `shared`"), "{said}");
    assert!(
        said.contains("No matched resource groups were found"),
        "{said}"
    );
}

#[test]
fn a_command_of_the_other_mode_says_which_it_needs() {
    let room = CleanRoom::new();
    let script = "azure group list 2>&1 || true
        azure vm docker create -g g -l westus web Ubuntu-14_04 azureuser x 2>&1 || true
        azure config mode arm
        azure service list 2>&1 || true
        azure vm docker create g web westus Linux 2>&1 || true
        azure vm docker create -e 2222 -l westus web Ubuntu-24_04 azureuser 2>&1 || true
        azure vm docker create -a near -l westus web Ubuntu-24_04 azureuser 2>&1 || true
        azure vm docker create web Ubuntu-24_04 azureuser 2>&1 || true
        azure vm docker create -l westus web Ubuntu-24_04 azureuser --open-to 10.0.0.0/99 2>&1 || true
        azure vm docker create -l westus web Ubuntu-24_04 azureuser --open-to '' 2>&1 || true
        azure vm docker create -l westus web Ubuntu-24_04 azureuser --open-to , 2>&1 || true
        azure vm docker create -l westus abc- Ubuntu-24_04 azureuser 2>&1 || true
        azure vm docker create -l westus web '' azureuser 2>&1 || true
        azure vm docker create -l westus web Ubuntu-24_04 azureuser 'P@$$w0rd' 2>&1 || true
        azure vm docker create g web westus Linux -Q urn 2>&1 || true";
    let ran = run(&mut in_a_run(&room, script));
    let said = well(&ran);
    for words in [
        "`group list` is about Resource Manager and needs arm mode",
        "--resource-group is for arm mode",
        "`service list` is about classic Azure and needs asm mode",
        "azure vm docker create -e 22 -g g -l \"westus\" web Ubuntu-24_04 USER",
        "--ssh with another port than 22 cannot be had in arm mode",
        "affinity groups went with classic Azure",
        "--location is required for a new resource group",
        "--open-to: `10.0.0.0/99` is no block of addresses",
        "--open-to: `` is no block of addresses",
        "--open-to: `,` is no block of addresses",
        "`abc-` is no label of a public name",
        "there are: Canonical:ubuntu-24_04-lts:server:latest",
        "the specified password is not allowed",
        "`-Q` is of the 0.10 CLI; write `azure vm docker create -e 22 -g g -l \"westus\" web",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[test]
fn of_two_runs_on_one_name_one_wins_and_either_removes_it() {
    let room = CleanRoom::new();
    // The first that asks for the group is held up until the other has made its host.
    let faults = room.write(
        "late.toml",
        "[[fault]]\nmatch = { path = \"^/resource[gG]roups/race\\\\?\", method = \"PUT\" }\n\
         when = \"before\"\neffect = { delay = 8 }\n",
    );
    let script = "azure config mode arm
        cp -r \"${AZURE_CONFIG_DIR:-$HOME/.azure}\" $HOME/other
        create() { azure vm docker create -e 22 -l westus race Ubuntu-24_04 azureuser 2>&1 || echo LOST; }
        create > one.out &
        sleep 2
        (export AZURE_CONFIG_DIR=$HOME/other; create) > other.out
        wait
        cat one.out other.out
        if grep -q LOST other.out; then export AZURE_CONFIG_DIR=$HOME/other; fi
        azure vm docker rm -q race
        azure group list";
    let mut command = room.azure_command(&["fake", "run", "--faults"]);
    command.arg(faults).args(["--", "sh", "-ec", script]);
    let ran = run(&mut command);
    let said = well(&ran);
    assert_eq!(said.matches("LOST").count(), 1, "{said}");
    for words in [
        "resource group `race` came to be meanwhile",
        "Docker answers at race.westus.cloudapp.azure.com:2376",
        "Removed resource group `race`",
        "No matched resource groups were found",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[test]
fn who_waits_where_docker_may_not_answer_is_told() {
    let room = CleanRoom::new();
    let script = "azure config mode arm
        create() { azure vm docker create -l westus --dry-run \"$@\" web Ubuntu-24_04 azureuser 2>&1; }
        create --open-to 203.0.113.0/24,198.51.100.7 --wait 5
        for more in '--open-to 203.0.113.0/24 --wait 0' '--open-to 203.0.113.0/24,0.0.0.0/0' ''
        do create $more
        done";
    let ran = run(&mut in_a_run(&room, script));
    let said = well(&ran);
    let told: Vec<&str> = said
        .lines()
        .filter(|line| line.contains("ends in vain"))
        .collect();
    let [told] = &told[..] else {
        panic!("{said}");
    };
    assert!(
        told.contains("Docker answers 203.0.113.0/24, 198.51.100.7/32 alone"),
        "{told}"
    );
}

#[test]
fn a_wrong_secret_is_refused_in_the_authoritys_words_and_a_code_is_shown() {
    let room = CleanRoom::new();
    let script = "export AZURE_CONFIG_DIR=$HOME/own
        azure login --service-principal -p wrong 2>&1 || true
        azure login 2>&1
        azure group list";
    let ran = run(&mut in_a_run(&room, script));
    let said = well(&ran);
    for words in ["AADSTS7000215", "enter the code", "login command OK"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let kept = std::fs::read_to_string(room.home().join("own/classic.json")).expect("a profile");
    assert!(
        kept.contains("refreshToken") && !kept.contains("wrong"),
        "{kept}"
    );
}

#[test]
fn whoever_signs_in_works_with_a_subscription_that_the_login_reaches() {
    let room = CleanRoom::new();
    let other = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/publish-settings/schema-1.publishsettings"
    );
    let script = format!(
        "export AZURE_CONFIG_DIR=$HOME/own
        azure account import {other}
        azure login --service-principal
        azure account show
        azure group list
        azure login --service-principal
        azure account set First
        azure account show
        azure login --service-principal
        azure account show"
    );
    let ran = run(&mut in_a_run(&room, &script));
    let said = well(&ran);
    let told: Vec<&str> = said
        .lines()
        .filter(|line| line.contains("as default") || line.contains("Has Certificate"))
        .collect();
    let [first, by_login, by_certificate, again, last] = &told[..] else {
        panic!("{told:?}: {said}");
    };
    for line in [first, again] {
        assert!(line.contains("Setting subscription \""), "{told:?}");
    }
    for (line, word) in [(by_login, "No"), (by_certificate, "Yes"), (last, "No")] {
        assert!(line.ends_with(word), "{told:?}");
    }
}

#[test]
fn the_word_of_the_real_az_signs_in_and_nothing_of_it_is_kept() {
    let Some(az) = today::installed("az", "bin/az", "python3-venv") else {
        return;
    };
    let room = CleanRoom::new();
    let script = "export AZURE_CONFIG_DIR=$HOME/own
        azure login --az
        azure group create g westus
        azure group list
        azure account show";
    let mut command = in_a_run(&room, script);
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", az.join("bin").display());
    let ran = run(command.env("PATH", path));
    let said = well(&ran);
    for words in [
        "Added subscription",
        "westus",
        "Has Access Token            : Yes",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let kept = std::fs::read_to_string(room.home().join("own/classic.json")).expect("a profile");
    let kept: serde_json::Value = serde_json::from_str(&kept).expect("JSON");
    assert_eq!(
        kept["logins"][0]["credential"],
        serde_json::json!({"type": "az"})
    );
}

#[test]
fn a_key_is_an_openssh_line_or_pem() {
    let room = CleanRoom::new();
    let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).expect("a key");
    let params = rcgen::CertificateParams::new(vec!["me".to_owned()]).expect("params");
    let certificate = params.self_signed(&pair).expect("a certificate");
    room.write("certificate.pem", certificate.pem());
    room.write("public.pem", pair.public_key_pem());
    room.write(
        "id.pub",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGZvb2Zvb2Zvb2Zvb2Zvb2Zvb2Zvb2Zvb2Zvb2Zv me\n",
    );
    room.write(
        "none.pem",
        "-----BEGIN NOTHING-----\nAAAA\n-----END NOTHING-----\n",
    );
    let script = "azure config mode arm
        for key in certificate.pem public.pem id.pub; do
            name=h$(echo $key | tr -d .)
            azure vm docker create -l westus -t $key $name Ubuntu-24_04 azureuser
            azure vm show $name $name --json | grep keyData
        done
        azure vm docker create -l westus -t none.pem other Ubuntu-24_04 azureuser 2>&1 && exit 1
        azure group list --json | grep -c '\"id\"'";
    let ran = run(&mut in_a_run(&room, script));
    let said = well(&ran);
    let of = |word: &str| said.lines().filter(|line| line.contains(word)).count();
    assert_eq!(of("\"keyData\": \"ssh-rsa AAAAB3"), 2, "{said}");
    assert_eq!(of("\"keyData\": \"ssh-ed25519 "), 1, "{said}");
    assert!(said.contains("none.pem"), "{said}");
    assert!(said.ends_with("3\n"), "{said}");
}
