//! create_custom, list_show, negative, endpoint, shutdown_restart, disk and image.

use serde_json::Value;

use super::stage::{LINUX, PASSWORD, WEST, some, stages};

#[test]
fn a_machine_with_custom_data_is_listed_and_shown() {
    for stage in stages("after:0.001") {
        stage.write("customdata", "hello");
        let certificate = stage.certificate();

        let made = stage.run(&format!(
            "vm create -e 223 -z Small --ssh-cert {certificate} --no-ssh-password clitestvm1 {LINUX} azureuser -d customdata --json --verbose -l {WEST}"
        ));

        assert_eq!(made.code, Some(0), "{}", made.stderr);
        assert!(made.stdout.contains("customdata"), "{}", made.stdout);
        assert!(some(&stage.json("vm location list"), "name", "West US"));
        assert!(some(&stage.json("vm list"), "VMName", "clitestvm1"));
        assert_eq!(stage.json("vm show clitestvm1")["VMName"], "clitestvm1");
    }
}

#[test]
fn bad_passwords_names_and_places_are_refused() {
    for stage in stages("instant") {
        // Only the latest release puts its level before what it says.
        let place = if stage.latest() { "error: " } else { "" };
        let place = format!(
            "{place}No location found which has DisplayName or Name same as value of --location"
        );
        for (name, password, location, words) in [
            ("clitestvm1", "\"Coll\"", WEST, "password"),
            (
                "test1@1",
                PASSWORD,
                WEST,
                "The hosted service name is invalid.",
            ),
            ("clitestvm1", PASSWORD, "SomeLoc", place.as_str()),
        ] {
            let said = stage.refused(&format!(
                "vm create {name} {LINUX} azureuser {password} --location {location}"
            ));
            assert!(said.contains(words), "{said}");
        }
    }
}

#[test]
fn endpoints_are_made_listed_changed_and_deleted() {
    for stage in stages("reads:1") {
        stage.machine("ClitestVm1", LINUX);
        let names = |extra: &str| {
            let listed = stage.json(&format!("vm endpoint list ClitestVm1 {extra}"));
            let listed = listed.as_array().expect("a list");
            let mut names: Vec<_> = listed.iter().map(|e| e["name"].to_string()).collect();
            names.sort();
            names.join(" ")
        };
        if stage.latest() {
            stage.silent("vm endpoint create ClitestVm1 26 -k 26 -n Endpt -o tcp -m 15 -t 4333 -r http -p /prob/listner1 -b LbSetTest -u Enabled");
            // The suite adds a literal `%s`, which the old CLI passed over.
            assert_eq!(names(""), "\"Endpt\"");
            stage.silent("vm endpoint set ClitestVm1 Endpt -l 27 -k 27 -n EndptN -o tcp -m 20 -t 4444 -r tcp -p /prob/listnern1 -b LbSetTestN");
            let shown = stage.json("vm endpoint show ClitestVm1 EndptN");
            assert_eq!(
                (
                    &shown["name"],
                    &shown["port"],
                    &shown["loadBalancerProbe"]["port"]
                ),
                (&Value::from("EndptN"), &Value::from(27), &Value::from(4444))
            );
            stage.silent("vm endpoint create-multiple ClitestVm1 -c 28:28:::::::::::,29:29:tcp:15::http:4222:/prob/listner2:::LbSetTest2::");
            stage.silent("vm endpoint delete ClitestVm1 EndptN");
            assert_eq!(names(""), "\"tcp-28-28\" \"tcp-29-29\"");
        } else {
            stage.silent("vm endpoint create -n TestEndpoint -o tcp ClitestVm1 8080 80 -u -b Lb_Set_Test -t 4444 -r tcp -p /prob/listner1");
            assert_eq!(names(""), "\"TestEndpoint\"");
            stage.silent("vm endpoint create-multiple ClitestVm1 3333,4444:4454,5555:5565:tcp:false:LbSet1,6666:6676:tcp:false:LbSet2:http:7777:/prob/listner1");
            stage.silent(
                "vm endpoint update ClitestVm1 -t 8081 -l 8082 -n updatedEP -o tcp tcp-3333-3333",
            );
            let shown = stage.json("vm endpoint show ClitestVm1 -e updatedEP");
            assert_eq!(shown["Network"]["Endpoints"][0]["Name"], "updatedEP");
            stage.silent("vm endpoint delete ClitestVm1 tcp-4444-4454");
            assert_eq!(
                names(""),
                "\"TestEndpoint\" \"tcp-5555-5565\" \"tcp-6666-6676\" \"updatedEP\""
            );
        }
    }
}

#[test]
fn a_machine_rests_starts_restarts_and_has_disks() {
    for stage in stages("after:0.001") {
        stage.machine("clitestvm1", LINUX);
        for action in ["shutdown", "start", "restart"] {
            stage.silent(&format!("vm {action} clitestvm1"));
        }
        let listed = stage.json("vm disk list");
        let of_machine = stage.json("vm disk list clitestvm1");
        let machines = stage.json("vm list");
        let name = listed[0]["name"].as_str().expect("a name");
        let shown = stage.json(&format!("vm disk show {name}"));
        assert_eq!(shown["name"], name);
        assert_eq!(of_machine[0]["name"], machines[0]["OSDisk"]["name"]);
        // What the suites would copy to an image has to be found so.
        assert_eq!(
            (&listed[0]["operatingSystemType"], &listed[0]["location"]),
            (&Value::from("Linux"), &Value::from("West US"))
        );
        assert!(listed[0]["mediaLinkUri"].is_string());
    }
}

#[test]
fn an_image_of_the_users_stands_among_the_public_ones_until_it_is_deleted() {
    for stage in stages("instant") {
        stage.machine("clitestvm1", LINUX);
        stage.silent("vm shutdown clitestvm1");
        stage.silent("vm capture clitestvm1 mine --delete");
        stage.silent("service delete clitestvm1 -q");

        let shown = stage.json("vm image show mine");
        let listed = stage.json("vm image list");

        assert_eq!(
            (&shown["name"], &shown["operatingSystemType"]),
            (&Value::from("mine"), &Value::from("Linux"))
        );
        assert!(shown["location"].is_array(), "{shown}");
        for category in ["Public", "User"] {
            assert!(some(&listed, "category", category), "{category}");
        }
        stage.silent("vm image delete -b mine");
    }
}
