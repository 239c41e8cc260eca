//! `service cert get`, `account cert export`, `storage account sas`.

use std::os::unix::fs::PermissionsExt as _;

use super::{done, json, refused, refused_beforehand};
use crate::simulator::Simulator;

#[test]
fn a_certificate_of_a_service_comes_back_as_it_went() {
    let simulator = Simulator::start();
    done(
        &simulator,
        &format!(
            r#"azure vm create web {} me -l "West US" -e 22 -P -G"#,
            super::IMAGE
        ),
    );
    let listed = json(&simulator, "azure service cert list --json");
    let thumbprint = listed[0]["thumbprint"].as_str().expect("a thumbprint");
    let pairs: Vec<&str> = (0..20).map(|at| &thumbprint[2 * at..2 * at + 2]).collect();

    let got = done(
        &simulator,
        &format!(
            "azure service cert get {} -d web -f cert.pem",
            pairs.join(":").to_lowercase()
        ),
    );

    assert!(
        got.contains(&format!(
            "data:    Thumbprint                      : {thumbprint}\n"
        )),
        "{got}"
    );
    let home = simulator.room.home();
    let written = std::fs::read_to_string(home.join("cert.pem")).expect("the file");
    let sent = std::fs::read_dir(home.join(".azure/ssh"))
        .or_else(|_| std::fs::read_dir(home.join("ssh")))
        .ok();
    assert!(
        written.starts_with("-----BEGIN CERTIFICATE-----"),
        "{sent:?}"
    );
    let told = json(
        &simulator,
        &format!("azure service cert get {thumbprint} --json"),
    );
    assert_eq!(told["serviceName"], "web");
    assert_eq!(told["data"], listed[0]["data"]);
    refused(
        &simulator,
        "azure service cert get 0000",
        "there is no certificate with thumbprint 0000",
    );
}

#[test]
fn the_certificate_of_a_subscription_is_written_for_its_owner_alone() {
    let simulator = Simulator::start();

    let exported = done(
        &simulator,
        r#"azure account cert export
        azure account cert export -f a.pem -p "$AZURE_PUBLISH_SETTINGS""#,
    );

    assert!(exported.contains("info:    Certificate exported to a.pem\n"));
    let home = simulator.room.home();
    let file = home.join("a.pem");
    let text = std::fs::read_to_string(&file).expect("the file");
    let key = text.find("PRIVATE KEY-----").expect("a key");
    assert!(
        key < text
            .find("-----BEGIN CERTIFICATE-----")
            .expect("a certificate")
    );
    let mode = std::fs::metadata(&file).expect("the file").permissions();
    assert_eq!(mode.mode() & 0o777, 0o600);
    let by_id: Vec<_> = std::fs::read_dir(&home)
        .expect("the folder")
        .filter_map(Result::ok)
        .filter(|one| one.file_name().to_string_lossy().ends_with(".pem"))
        .filter(|one| one.file_name() != "a.pem")
        .map(|one| std::fs::read_to_string(one.path()).expect("a file"))
        .collect();
    assert_eq!(by_id, [text]);
    refused(
        &simulator,
        r#"azure account cert export -p "$AZURE_PUBLISH_SETTINGS" -s nobody"#,
        "Subscription nobody was not found in the publishSettings file",
    );
}

#[test]
fn a_permit_is_signed_with_the_accounts_key() {
    let simulator = Simulator::start();
    done(
        &simulator,
        r#"azure storage account create mine -l "West US" --type LRS"#,
    );
    let keys = json(&simulator, "azure storage account keys list mine --json");
    let key = keys["primaryKey"].as_str().expect("a key");
    let line = "azure storage account sas create bf sco rl 2030-01-01 --json";

    let asked = json(&simulator, &format!("{line} -a mine"));
    let given = json(&simulator, &format!("{line} -a mine -k {key}"));
    let by_string = json(
        &simulator,
        &format!("{line} -c 'AccountName=mine;AccountKey={key}'"),
    );

    let query = asked["sas"].as_str().expect("a query");
    assert!(
        query.starts_with("sv=2018-03-28&ss=bf&srt=sco&sp=rl&se=2030-01-01T00%3A00%3A00Z&sig=")
    );
    assert_eq!(asked, given);
    assert_eq!(asked, by_string);
    for (words, error) in [
        ("bf sco rl -a mine", "expiry is required"),
        (
            "bx sco rl 2030-01-01 -a mine",
            "Given  \"x\" is invalid, supported values are: b, f, q, t",
        ),
        (
            "b s r 2030-01-01",
            "Please set the storage account parameters",
        ),
    ] {
        refused_beforehand(
            &simulator,
            &format!("azure storage account sas create {words}"),
            error,
        );
    }
}
