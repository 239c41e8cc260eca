//! What a region does not offer is told before anything is spent; what it has no room for is told by
//! the service, and leaves nothing behind. Both in process and over the wire.

use std::collections::BTreeMap;

use azure::event::Event;
use azure::provision::{Order, Problem};
use azure::saga::Interrupt;
use fake_azure::Pace;
use fake_azure::command::quota::Command;
use fake_azure::view::Quota;

use crate::clouds::{Road, Subject};
use crate::provision::{Ending, order, run};

async fn create(subject: &Subject, size: Option<&str>) -> Ending {
    let order = Order {
        image: "Ubuntu-14_10".to_owned(),
        size: size.map(str::to_owned),
        ..order("web")
    };
    let backend = subject.backend.as_ref();
    run(backend, &order, &|_: Event| {}, &Interrupt::never()).await
}

fn set(subject: &Subject, change: impl FnOnce(&mut Quota)) {
    let mut quota = Quota::default();
    change(&mut quota);
    let subscription = subject.azure.subscription_id();
    let set = Command::Set { quota };
    let done = subject.azure.cloud().perform(subscription, set);
    done.expect("a quota");
}

#[tokio::test]
async fn a_size_that_is_not_offered_is_refused_before_anything_is_made() {
    for road in [Road::InProcess, Road::OverTheWire] {
        let subject = Subject::new(road, Pace::Instant).await;
        let withheld = ["Small", "Large"].map(Into::into).into();
        set(&subject, |quota| {
            quota.sizes_not_offered = BTreeMap::from([("West US".into(), withheld)]);
        });
        let before = subject.things();

        // Small is what a machine gets that nobody gave a size.
        for size in [Some("large"), None] {
            let ending = create(&subject, size).await;
            let Ending::Refused(Problem::SizeNotOffered { place, offered, .. }) = &ending else {
                panic!("{road:?}: {ending:?}");
            };
            assert_eq!(place, "West US");
            assert!(offered.iter().any(|size| size == "Medium"), "{offered:?}");
        }
        assert_eq!(subject.things(), before);
        assert!(matches!(
            create(&subject, Some("Medium")).await,
            Ending::Complete
        ));
        subject.azure.shutdown().await;
    }
}

#[tokio::test]
async fn a_region_without_room_leaves_nothing_behind() {
    for road in [Road::InProcess, Road::OverTheWire] {
        let subject = Subject::new(road, Pace::Instant).await;
        set(&subject, |quota| {
            quota.capacity = BTreeMap::from([("West US".into(), Some(1))]);
        });
        let before = subject.things();

        let ending = create(&subject, Some("Medium")).await;

        let Ending::Undone(failure) = &ending else {
            panic!("{road:?}: {ending:?}");
        };
        assert!(failure.left().is_empty(), "{failure:?}");
        let told = format!("{failure:?}");
        assert!(told.contains("relaxing constraints"), "{told}");
        assert_eq!(subject.things(), before);
        subject.azure.shutdown().await;
    }
}
