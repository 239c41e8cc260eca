//! The commands on what exists, against a simulator: the old CLI's words where they are easily lost.

use azure::pki::certificate::Certificate;

use crate::simulator::{Simulator, is_here};

const IMAGE: &str =
    "b39f27a8b8c64d52b05eac6a62ebad85__Ubuntu-14_10-amd64-server-20140729-alpha2-en-us-30GB";

#[test]
fn what_is_not_there_is_told_in_the_old_words() {
    let simulator = Simulator::start();
    let made = simulator.sh(
        r#"azure vm create web "$1" me 'Pa$$w0rd1' -l "West US" -e 22"#,
        &[IMAGE],
    );
    assert_eq!(made.code, Some(0), "{}", made.stderr);

    for (line, words) in [
        (
            "azure vm endpoint delete web nope",
            "error:   Endpoint \"nope\" not found in the network configuration\n",
        ),
        (
            "azure vm endpoint create web 80 -i inside",
            "error:   An internal load balancer (ILB) with name inside not found for this deployment, ",
        ),
        (
            "azure vm image show nope",
            "error:   The image with the specified name does not exist.\n",
        ),
    ] {
        let ran = simulator.sh(line, &[]);

        assert_eq!(ran.code, Some(1), "{line}");
        assert!(ran.stderr.contains(words), "{line}: {}", ran.stderr);
    }
    let absent = simulator.sh("azure network reserved-ip show nope --json", &[]);
    assert_eq!((absent.code, absent.stdout.as_str()), (Some(0), "{}\n"));
}

#[test]
fn a_service_shows_its_extended_properties_before_the_others() {
    let simulator = Simulator::start();

    // The region is among them from the first deployment on.
    let ran = simulator.sh(
        r#"azure vm create web "$1" me 'Pa$$w0rd1' -l "West US" > /dev/null; azure service show web"#,
        &[IMAGE],
    );

    let extended = "data:    Extended Properties ResourceLocation West US\n";
    let (before, after) = ran.stdout.split_once(extended).expect("its line");
    assert!(before.contains("data:    Name web\n"), "{before}");
    assert!(after.contains("data:    Properties location West US\n"));
    assert!(!ran.stdout.contains("extendedProperties"));
}

/// The service would take the request, and its operation would fail half a minute later.
#[test]
fn a_port_inside_that_leads_to_another_endpoint_is_refused_beforehand() {
    let simulator = Simulator::start();
    let made = simulator.sh(
        r#"azure vm create web "$1" me 'Pa$$w0rd1' -l "West US" -e 22"#,
        &[IMAGE],
    );
    assert_eq!(made.code, Some(0), "{}", made.stderr);

    let ran = simulator.sh("azure vm endpoint create web 2222 22", &[]);

    assert_eq!(ran.code, Some(1));
    let words = "error:   Local Port 22 for endpoint tcp-2222-22 is already in use by one of the other endpoints in this role.";
    assert!(ran.stderr.contains(words), "{}", ran.stderr);
    let listed = simulator.sh("azure vm endpoint list web --json", &[]);
    assert!(!listed.stdout.contains("2222"), "{}", listed.stdout);
}

#[test]
fn files_of_other_systems_and_files_that_are_none_surprise_nobody() {
    let simulator = Simulator::start();
    let ran = simulator.sh(
        r#"
        printf '\357\273\277Pa$$w0rd1\r\n' >utf8
        printf '\377\376P\000a\000$\000$\000w\000\060\000r\000d\000\061\000\r\000\n\000' >utf16
        for file in utf8 utf16; do
            azure vm create -l "West US" h$file "$1" me --password-file $file >&2
            azure vm create -l "West US" i$file "$1" me --password-stdin <$file >&2
        done
        mkfifo pipe
        for file in pipe /dev/zero; do
            ! timeout 20 azure account import $file >&2
            ! timeout 20 azure vm create -l "West US" -d $file x "$1" me 'Pa$$w0rd1' >&2
            ! timeout 20 azure vm list --ca $file >&2
        done
        ! azure vm delete -b -q hutf8 hutf16 >&2
        azure vm list --json | grep -c '"VMName"'
        "#,
        &[IMAGE],
    );
    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    assert_eq!(ran.stdout, "4\n", "{}", ran.stderr);
    assert!(ran.stderr.contains("it is a named pipe"), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("--custom-data must be less than 64 KB"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_key_beside_a_certificate_stays_and_a_thumbprint_may_have_colons() {
    if !is_here("openssl", "install OpenSSL's command line") {
        return;
    }
    let simulator = Simulator::start();
    let ran = simulator.sh(
        r#"
        openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=x -keyout key -out cert -days 9 2>&1
        cat key cert >both.pem
        azure vm create -l "West US" -e 22 -t both.pem web "$1" me 'Pa$$w0rd1'
        print=$(openssl x509 -in cert -noout -fingerprint -sha1 | cut -d= -f2)
        azure vm create -c -e 23 -n web2 -t "$print" web "$1" me 'Pa$$w0rd1'
        azure vm delete -q -d web web2
        azure vm delete -q web
        "#,
        &[IMAGE],
    );
    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn a_create_that_is_refused_after_its_effect_is_undone() {
    let simulator = Simulator::start();
    let admin = simulator.admin();
    let fault = serde_json::json!({
        "match": {"path": "deployments$", "method": "POST"},
        "when": "after",
        "effect": {"status": 400, "code": "BadRequest", "message": "on purpose"},
    });
    admin("break", &fault.to_string());

    let ran = simulator.sh(
        r#"
        ! azure vm create -l "West US" web "$1" me 'Pa$$w0rd1' >&2
        azure service list --json
        "#,
        &[IMAGE],
    );

    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(ran.stdout.trim(), "[]", "{}", ran.stderr);
    assert!(ran.stderr.contains("on purpose"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("is left"), "{}", ran.stderr);
}

#[test]
fn two_changes_at_once_are_both_made() {
    let simulator = Simulator::start_at("after:0.02");
    let ran = simulator.sh(
        r#"
        azure vm create -l "West US" web "$1" me 'Pa$$w0rd1' >&2
        for port in 8081 8082 8083 8084; do
            azure vm endpoint create web $port >&2 &
        done
        wait
        azure vm endpoint list web --json | grep -c '"port": 808'
        "#,
        &[IMAGE],
    );

    assert_eq!(ran.stdout, "4\n", "{}", ran.stderr);
}

#[test]
fn what_could_not_be_undone_goes_with_the_commands_that_are_printed() {
    let simulator = Simulator::start();
    let admin = simulator.admin();
    let refused = |matching: serde_json::Value, nth: u32, when: &str| {
        let fault = serde_json::json!({
            "match": matching, "nth": nth, "when": when,
            "effect": {"status": 400, "code": "BadRequest", "message": "on purpose"},
        });
        admin("break", &fault.to_string());
    };
    refused(
        serde_json::json!({"path": "deployments$", "method": "POST"}),
        1,
        "after",
    );
    for nth in 1..=3 {
        refused(serde_json::json!({"method": "DELETE"}), nth, "before");
    }

    let ran = simulator.sh(
        r#"
        ! azure vm create -l "West US" web "$1" me 'Pa$$w0rd1' 2>said
        sed -n 's/.*remove it with `\(.*\)`/\1/p' said >commands
        grep -c . commands
        sh -e commands >&2
        azure service list --json
        ! azure storage account list --json | grep '"name": "web'
        "#,
        &[IMAGE],
    );

    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.ends_with("2\n[]\n"), "{}", ran.stdout);
}

#[test]
fn a_host_in_a_cloud_that_nobody_knows_has_its_names_in_the_certificate() {
    let simulator = Simulator::start();
    let line = "azure vm docker create web Ubuntu-14_04 me 'Pa$$w0rd1' -l 'West US' --docker-cert-dir $HOME/certs";
    let script = format!(
        "AZURE_CLOUD_DOMAIN=.Cloud.Example {line} --wait 0; cat $HOME/certs/server-cert.pem"
    );

    let ran = simulator.sh(&script, &[]);

    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    let at = ran.stdout.find("-----BEGIN").expect("a certificate");
    let certificate = Certificate::from_pem(&ran.stdout.as_bytes()[at..]).expect("a certificate");
    assert!(certificate.is_for_host("web.cloud.example"));
    assert!(!certificate.is_for_host("web.cloudapp.net"));
}
