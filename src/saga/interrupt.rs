//! The user's wish to stop: once to go back, twice to leave at once.

use tokio::sync::watch;

/// Says that the user wants to stop.
#[derive(Debug)]
pub struct Interrupter {
    times: watch::Sender<u32>,
}

/// Learns that the user wants to stop.
#[derive(Debug, Clone)]
pub struct Interrupt {
    times: watch::Receiver<u32>,
}

impl Interrupter {
    /// Makes both ends.
    pub fn new() -> (Self, Interrupt) {
        let (sender, receiver) = watch::channel(0);
        (Self { times: sender }, Interrupt { times: receiver })
    }

    /// Asks to stop, and returns how often that was done.
    pub fn ask(&self) -> u32 {
        self.times.send_modify(|times| *times += 1);
        *self.times.borrow()
    }
}

impl Interrupt {
    /// One that never comes.
    pub fn never() -> Self {
        Interrupter::new().1
    }

    /// The number of times that it was asked, to be watched.
    pub fn times(&self) -> watch::Receiver<u32> {
        self.times.clone()
    }

    /// Was it asked to stop?
    pub fn is_asked(&self) -> bool {
        *self.times.borrow() >= 1
    }

    /// Waits until it is asked to stop.
    pub async fn asked(&self) {
        self.reaches(1).await;
    }

    /// Waits until it is asked to stop for the second time.
    pub async fn insisted(&self) {
        self.reaches(2).await;
    }

    async fn reaches(&self, least: u32) {
        let mut times = self.times.clone();
        if times.wait_for(|times| *times >= least).await.is_err() {
            // Nobody is left who could ask.
            std::future::pending::<()>().await;
        }
    }
}
