//! The commands on what exists, against a simulator: the old CLI's words where they are easily lost.

use crate::simulator::Simulator;

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
