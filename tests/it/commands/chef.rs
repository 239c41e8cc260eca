//! `vm extension set-chef|get-chef`.

use super::{done, json, refused_beforehand, with_machine};

#[test]
fn a_machine_is_put_under_chef_and_told_so() {
    let simulator = with_machine();
    done(
        &simulator,
        "echo 'chef_server_url 1' > client.rb; echo key > v.pem",
    );
    let none = json(&simulator, "azure vm extension get-chef web --json");
    assert_eq!(none, serde_json::json!([]));

    let set = done(
        &simulator,
        r#"azure vm extension set-chef web -O v.pem -c client.rb -R 'recipe[x]' -j '{"chef_node_name":"n"}'"#,
    );

    assert!(set.contains("info:    Updating vm extension\n"), "{set}");
    let told = json(&simulator, "azure vm extension get-chef WEB --json");
    assert_eq!(told[0]["publisher"], "Chef.Bootstrap.WindowsAzure");
    assert_eq!(told[0]["name"], "LinuxChefClient");
    assert_eq!(told[0]["version"], "1210.*");
    let parameters = told[0]["resourceExtensionParameterValues"]
        .as_array()
        .expect("a list");
    let public = parameters
        .iter()
        .find(|one| one["type"] == "Public")
        .expect("public settings");
    assert_eq!(public["key"], "LinuxChefClientPublicConfigParameter");
    let settings: serde_json::Value =
        serde_json::from_str(public["value"].as_str().expect("text")).expect("JSON");
    assert_eq!(
        settings,
        serde_json::json!({
            "client_rb": "chef_server_url 1\n", "runlist": "recipe[x]",
            "bootstrap_options": {"chef_node_name": "n"}
        })
    );
}

#[test]
fn what_chef_could_not_use_is_refused_beforehand() {
    let simulator = with_machine();
    done(&simulator, "echo x > client.rb; echo key > v.pem");
    for (line, words) in [
        (
            "web",
            "Required --validation-pem or --client-pem and --client-config options.",
        ),
        (
            "web -c client.rb",
            "Required --validation-pem or --client-pem and --client-config options.",
        ),
        (
            "web -c client.rb -O nowhere.pem",
            "failed to read `nowhere.pem`",
        ),
        (
            "web -c client.rb -O v.pem -j '{'",
            "Bad user input for -j or --bootstrap-options option",
        ),
        (
            "web -c client.rb -O v.pem --daemon always",
            "Invalid user input for --daemon option.",
        ),
        (
            "web -c client.rb -O v.pem --daemon task",
            "The daemon option is valid for Windows node.",
        ),
        ("nobody -c client.rb -O v.pem", "No VMs found"),
    ] {
        refused_beforehand(
            &simulator,
            &format!("azure vm extension set-chef {line}"),
            words,
        );
    }
}
