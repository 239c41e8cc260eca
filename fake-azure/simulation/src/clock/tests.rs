use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};

use proptest::prelude::*;
use tokio::task::JoinSet;

use std::pin::Pin;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn by_hand() -> Clock {
    Clock::by_hand(Timestamp::UNIX_EPOCH)
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

/// Lets every task go on until it waits.
async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

#[test]
fn a_clock_by_hand_stands_until_it_is_advanced() {
    let clock = by_hand();
    assert_eq!(clock.now(), at(0));
    assert_eq!(clock.until(at(5)), None);

    clock.advance(5 * SECOND);
    clock.advance(Duration::from_nanos(1));
    assert_eq!(
        clock.now(),
        at(5).checked_add(Duration::from_nanos(1)).unwrap()
    );

    clock.reset();
    assert_eq!(clock.now(), at(0));
}

#[test]
fn a_real_clock_is_ahead_of_the_machine_by_what_it_was_advanced() {
    let clock = Clock::real();
    let before = clock.now();
    clock.advance(3600 * SECOND);

    assert!(clock.now() >= before.checked_add(3600 * SECOND).unwrap());
    assert!(clock.until(before).is_some_and(|left| left.is_zero()));
    let ahead = clock.now().checked_add(60 * SECOND).unwrap();
    assert!(clock.until(ahead).is_some_and(|left| left <= 60 * SECOND));
}

#[test]
fn a_scaled_clock_has_to_be_waited_for_accordingly() {
    let clock = Clock::scaled(3600.0);
    let ahead = clock.now().checked_add(7200 * SECOND).unwrap();

    assert!(clock.until(ahead).is_some_and(|left| left <= 2 * SECOND));
    assert!(Clock::scaled(0.0).is_by_hand());
    assert!(Clock::scaled(f64::NAN).is_by_hand());
}

#[test]
fn the_latest_time_is_never_before_the_machines() {
    assert!(by_hand().latest() > at(1_700_000_000));
    let clock = Clock::by_hand(Timestamp::MAX);
    clock.advance(Duration::MAX);
    assert_eq!(clock.latest(), Timestamp::MAX);
}

#[tokio::test]
async fn whoever_sleeps_until_a_time_that_has_come_goes_on_at_once() {
    let clock = by_hand();
    clock.sleep_until(at(0)).await;
    clock.sleep_until(at(-5)).await;
    clock.sleep(Duration::ZERO).await;
    Clock::real().sleep_until(at(0)).await;
}

#[tokio::test]
async fn one_advance_lets_a_loop_go_on_many_times() {
    let clock = by_hand();
    let printed = Arc::new(Mutex::new(Vec::new()));
    let process = tokio::spawn({
        let (clock, printed) = (clock.clone(), printed.clone());
        async move {
            let mut now = clock.now();
            loop {
                now = now.checked_add(SECOND).unwrap();
                clock.sleep_until(now).await;
                printed.lock().unwrap().push(now.as_second());
            }
        }
    });
    settle().await;
    assert!(printed.lock().unwrap().is_empty());

    clock.advance(10 * SECOND);
    settle().await;

    let expected: Vec<_> = (1..=10).collect();
    assert_eq!(*printed.lock().unwrap(), expected);
    assert_eq!(clock.next_wake(), Some(at(11)));
    process.abort();
}

#[tokio::test]
async fn a_sleeper_that_is_dropped_is_forgotten() {
    let clock = by_hand();
    let mut sleep = clock.sleep_until(at(9));
    let mut context = Context::from_waker(Waker::noop());
    assert!(Pin::new(&mut sleep).poll(&mut context).is_pending());
    assert_eq!((clock.sleepers(), clock.next_wake()), (1, Some(at(9))));

    drop(sleep);
    assert_eq!((clock.sleepers(), clock.next_wake()), (0, None));
}

#[tokio::test]
async fn an_advance_wakes_those_who_sleep_by_the_machines_clock() {
    let clock = Clock::real();
    let hour = tokio::spawn(clock.sleep(3600 * SECOND));
    let day = tokio::spawn(clock.sleep(86_400 * SECOND));
    settle().await;

    clock.advance(3601 * SECOND);
    hour.await.unwrap();
    settle().await;
    assert!(!day.is_finished());
    assert_eq!(clock.sleepers(), 1);

    clock.reset();
    settle().await;
    assert!(!day.is_finished());
    clock.advance(86_401 * SECOND);
    day.await.unwrap();
}

#[tokio::test]
async fn a_sleep_by_the_machines_clock_ends_by_itself() {
    let clock = Clock::real();
    let end = clock.now().checked_add(Duration::from_millis(3)).unwrap();
    clock.sleep_until(end).await;
    assert!(clock.now() >= end);

    let fast = Clock::scaled(100_000.0);
    let end = fast.now().checked_add(60 * SECOND).unwrap();
    fast.sleep_until(end).await;
    assert!(fast.now() >= end);
}

#[tokio::test]
async fn a_reset_does_not_wake_who_is_not_due_and_loses_nobody() {
    let clock = by_hand();
    let sleeper = tokio::spawn(clock.sleep_until(at(10)));
    settle().await;
    clock.advance(9 * SECOND);
    clock.reset();
    clock.advance(9 * SECOND);
    settle().await;
    assert!(!sleeper.is_finished());

    // Woken, but put back before it looked: it sleeps on.
    clock.advance(SECOND);
    clock.reset();
    settle().await;
    assert!(!sleeper.is_finished());

    clock.advance(10 * SECOND);
    sleeper.await.unwrap();
}

#[tokio::test]
async fn many_thousands_sleep_and_one_advance_wakes_them_all() {
    let clock = by_hand();
    let mut sleepers = JoinSet::new();
    for second in 1..=50_000 {
        sleepers.spawn(clock.sleep_until(at(second)));
    }
    while clock.sleepers() < 50_000 {
        settle().await;
    }
    clock.advance(25_000 * SECOND);
    assert_eq!(clock.sleepers(), 25_000);
    clock.advance(25_000 * SECOND);
    sleepers.join_all().await;
}

#[test]
fn the_end_of_time_can_be_slept_until() {
    let clock = by_hand();
    let mut sleep = clock.sleep(Duration::MAX);
    let mut context = Context::from_waker(Waker::noop());
    assert!(Pin::new(&mut sleep).poll(&mut context).is_pending());
    clock.advance(Duration::MAX);
    assert!(Pin::new(&mut sleep).poll(&mut context).is_ready());
}

proptest! {
    #[test]
    fn sleepers_wake_in_the_order_of_their_deadlines(
        deadlines in prop::collection::vec(0_i64..50, 1..40),
        steps in prop::collection::vec(0_u64..20, 1..10),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let woken = runtime.block_on(async {
            let clock = by_hand();
            let woken = Arc::new(Mutex::new(Vec::new()));
            let mut sleepers = JoinSet::new();
            for deadline in &deadlines {
                let (sleep, woken) = (clock.sleep_until(at(*deadline)), woken.clone());
                let deadline = *deadline;
                sleepers.spawn(async move {
                    sleep.await;
                    woken.lock().unwrap().push(deadline);
                });
            }
            settle().await;
            for step in &steps {
                clock.advance(Duration::from_secs(*step));
                settle().await;
            }
            sleepers.abort_all();
            woken.lock().unwrap().clone()
        });
        let end = i64::try_from(steps.iter().sum::<u64>()).unwrap();
        let mut expected: Vec<_> = deadlines.into_iter().filter(|at| *at <= end).collect();
        expected.sort_unstable();
        prop_assert_eq!(woken, expected);
    }
}

#[test]
fn a_clock_goes_on_from_where_another_was() {
    let hour = SignedDuration::from_hours(1);
    let then: Timestamp = "2016-04-26T18:07:17Z".parse().unwrap();
    let still = Clock::by_hand("2020-01-01T00:00:00Z".parse().unwrap());
    still.go_on(then, hour);
    assert_eq!(still.now(), then);
    still.advance(Duration::from_secs(1));
    assert_eq!(
        still.now().duration_since(then),
        SignedDuration::from_secs(1)
    );

    let real = Clock::real();
    real.go_on(then, hour);
    assert_eq!(real.ahead(), hour);
    let later = real.now() + hour;
    real.go_on(later, hour);
    assert!(real.now() >= later, "time never goes back");
}
