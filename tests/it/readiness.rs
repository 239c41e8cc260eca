//! Ready means that Docker answers; until then the reason is told, layer by layer.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use azure::backoff::Backoff;
use azure::event::{Event, Layer};
use azure::provision::{Awaited, EngineInfo, Engines, Missing, NotReady, Waiting};
use azure::saga::{Interrupt, Interrupter};
use serde_json::json;

use crate::provision::time::Patient;
use crate::provision::tiny::Tiny;

/// A daemon that lacks one thing after the other.
struct Late(Mutex<Vec<Layer>>);

#[async_trait]
impl Engines for Late {
    async fn ask(&self, _address: SocketAddr, _host: &str) -> Result<EngineInfo, Missing> {
        let mut lacks = self.0.lock().expect("no panic");
        match lacks.len() {
            0 => Ok(EngineInfo(json!({"Name": "web"}))),
            1 if lacks[0] == Layer::Docker => Err(Missing::new(Layer::Docker, "hangs")),
            _ => Err(Missing::new(lacks.remove(0), "not yet")),
        }
    }
}

/// A daemon whose certificate names one host alone.
struct Proven(&'static str);

#[async_trait]
impl Engines for Proven {
    async fn ask(&self, _address: SocketAddr, host: &str) -> Result<EngineInfo, Missing> {
        if host == self.0 {
            Ok(EngineInfo(json!({"Name": "web"})))
        } else {
            Err(Missing::new(Layer::Tls, "another name"))
        }
    }
}

#[tokio::test]
async fn the_deployments_own_name_goes_before_the_one_that_was_thought_of() {
    for (names, proven) in [
        ("web.chinacloudapp.cn", None),
        ("web.cloudapp.net", Some("web.cloudapp.net")),
    ] {
        let cloud = Tiny::default();
        cloud.state().machines.insert("web".to_owned(), true);
        *cloud.public_name.lock().expect("no panic") = Some("web.chinacloudapp.cn".to_owned());
        let waiting = Waiting {
            backend: &cloud,
            engines: &Proven(names),
            clock: &Patient::new(),
            events: &|_: Event| {},
            looks: Backoff::boot(),
            interrupt: &Interrupt::never(),
        };

        let ready = waiting.until_ready(&awaited(60)).await.expect("ready");

        assert_eq!(ready.public_name, "web.chinacloudapp.cn");
        assert_eq!(ready.proven.as_deref(), proven);
    }
}

fn awaited(seconds: u64) -> Awaited {
    Awaited {
        host: "web".to_owned(),
        public_name: "web.cloudapp.net".to_owned(),
        machine: "web".to_owned(),
        port: 4243,
        patience: Duration::from_secs(seconds),
    }
}

async fn wait(
    lacks: Vec<Layer>,
    seconds: u64,
    interrupt: &Interrupt,
    events: &(dyn Fn(Event) + Send + Sync),
) -> (Result<(), NotReady>, Patient) {
    let cloud = Tiny::default();
    cloud.state().machines.insert("web".to_owned(), true);
    let clock = Patient::new();
    let engines = Late(lacks.into());
    let listener = |event: Event| events(event);
    let waiting = Waiting {
        backend: &cloud,
        engines: &engines,
        clock: &clock,
        events: &listener,
        looks: Backoff::boot(),
        interrupt,
    };
    let ended = waiting.until_ready(&awaited(seconds)).await.map(drop);
    (ended, clock)
}

#[tokio::test]
async fn each_layer_is_named_until_docker_answers() {
    let seen = Mutex::new(Vec::new());
    let listener = |event: Event| {
        if let Event::Waiting { layer, .. } = event {
            seen.lock().expect("no panic").push(layer);
        }
    };

    let (ended, _) = wait(
        vec![Layer::Port, Layer::Tls],
        600,
        &Interrupt::never(),
        &listener,
    )
    .await;

    assert!(ended.is_ok(), "{ended:?}");
    assert_eq!(
        seen.into_inner().expect("no panic"),
        [Layer::Port, Layer::Tls]
    );
}

#[tokio::test]
async fn a_wait_ends_in_time_and_names_what_is_missing() {
    let (ended, _) = wait(vec![Layer::Docker], 60, &Interrupt::never(), &|_| {}).await;

    assert!(
        matches!(&ended, Err(NotReady::TimedOut { waited, missing, .. })
            if *waited == Duration::from_mins(1) && missing.layer == Layer::Docker),
        "{ended:?}"
    );
}

#[tokio::test]
async fn an_interrupt_ends_a_wait() {
    let (interrupter, interrupt) = Interrupter::new();

    let (ended, _) = wait(vec![Layer::Docker], 600, &interrupt, &|event| {
        if matches!(event, Event::Waiting { .. }) {
            interrupter.ask();
        }
    })
    .await;

    assert!(matches!(ended, Err(NotReady::Interrupted)), "{ended:?}");
}
