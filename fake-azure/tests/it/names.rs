//! Names of the simulated world never lead out of it.

use std::net::Ipv4Addr;

use fake_azure::Pace;
use serde_json::json;

use crate::bodies::{Machine, operations, shutdown};
use crate::stage::{Stage, builder};

const HOST: &str = "web.cloudapp.net";

impl Stage {
    /// Where the hosts file says that a name leads.
    pub(crate) fn leads_to(&self, name: &str) -> Vec<Ipv4Addr> {
        let hosts = std::fs::read_to_string(self.azure.hosts_file()).unwrap();
        let lines = hosts.lines().filter_map(|line| line.split_once(' '));
        let lines = lines.filter(|(address, told)| *told == name && !address.starts_with('#'));
        lines.map(|(address, _)| address.parse().unwrap()).collect()
    }

    /// Whether a name leads to this machine's own address alone, and nobody answers there.
    pub(crate) async fn leads_nowhere(&self, name: &str) -> bool {
        match self.leads_to(name)[..] {
            [closed] => {
                let mut public = self.azure.cloud().public_names().into_values();
                closed.is_loopback()
                    && public.all(|address| address != closed)
                    && !self.answers(closed, 22).await
            }
            _ => false,
        }
    }
}

#[tokio::test]
async fn a_name_stays_here_when_its_host_is_not_yet_or_no_longer_there() {
    let stage = Stage::at(Pace::ByHand).await;
    assert!(stage.leads_to(HOST).is_empty());
    stage.storage().await;
    stage.service("web").await;
    assert!(stage.leads_nowhere(HOST).await, "a service alone");

    let machine = Machine::ubuntu("web");
    let asked = stage.deploy("web", &machine).await;
    stage.advance(1000);
    stage.done(asked).await;
    let address = stage.address("web").unwrap();
    assert_eq!(stage.leads_to(HOST), [address]);

    let asked = stage
        .post(&operations("web", "web"), &shutdown("StoppedDeallocated"))
        .await;
    stage.advance(100);
    stage.done(asked).await;
    assert!(stage.leads_nowhere(HOST).await, "switched off");

    let asked = stage
        .delete("/services/hostedservices/web?comp=media")
        .await;
    stage.advance(100);
    stage.done(asked).await;
    assert!(stage.leads_nowhere(HOST).await, "deleted");

    stage.service("web").await;
    let asked = stage.deploy("web", &machine).await;
    stage.advance(1000);
    stage.done(asked).await;
    assert!(!stage.leads_to(HOST).is_empty());
    assert!(!stage.leads_nowhere(HOST).await);
    assert_eq!(stage.admin("reset", Some(json!({}))).await.0, 200);
    assert!(stage.leads_nowhere(HOST).await, "of before the reset");
}

#[tokio::test]
async fn names_of_storage_accounts_and_of_other_owners_stay_here_too() {
    let others = builder()
        .taken_service("theirs")
        .taken_storage_account("theirstore")
        .storage_account("given", "West US");
    let stage = Stage::of(others).await;
    stage.storage().await;

    for name in [
        "theirs.cloudapp.net",
        "store.blob.core.windows.net",
        "store.table.core.windows.net",
        "store.queue.core.windows.net",
        "store.file.core.windows.net",
        "given.blob.core.windows.net",
        "theirstore.blob.core.windows.net",
    ] {
        assert!(stage.leads_nowhere(name).await, "{name}");
    }
}
