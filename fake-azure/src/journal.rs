//! Every exchange with the simulator, in order. No secrets: neither bodies nor credentials.

use jiff::Timestamp;
use serde::Serialize;

/// One exchange.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// Its number, from 1.
    pub number: u64,
    /// When it was answered, in the simulator's time.
    pub time: Timestamp,
    /// The operation's name in the documentation.
    pub operation: String,
    /// The HTTP method.
    pub method: String,
    /// The path and query as they were asked for.
    pub path: String,
    /// The status of the answer; 0 where the connection was dropped.
    pub status: u16,
    /// The identifier of the request.
    pub request_id: String,
    /// What exactly was at fault.
    pub detail: Option<String>,
}

/// What was asked of the simulator so far.
pub(crate) type Journal = simulation::Journal<Entry>;

impl simulation::journal::Record for Entry {
    fn texts(&mut self) -> Vec<&mut String> {
        let mut texts = vec![
            &mut self.operation,
            &mut self.method,
            &mut self.path,
            &mut self.request_id,
        ];
        texts.extend(&mut self.detail);
        texts
    }
}

impl Entry {
    /// Something that no request is behind.
    pub(crate) fn note(
        number: u64,
        time: Timestamp,
        operation: &str,
        path: String,
        detail: String,
    ) -> Self {
        Self {
            number,
            time,
            operation: operation.to_owned(),
            method: String::new(),
            path,
            status: 0,
            request_id: String::new(),
            detail: Some(detail),
        }
    }
}
