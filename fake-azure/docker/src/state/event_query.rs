//! Which events somebody asks for: from when until when, of what kind, of which objects.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::event::{Event, EventKind};
use super::moment::{self, MomentError};
use crate::reference::Named;

/// From when until when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventWindow {
    since: Option<Timestamp>,
    until: Option<Timestamp>,
}

/// Why a window is none. The words are the engine's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WindowError {
    /// An end of it is no moment; the engine takes this for a failure of its own.
    #[error(transparent)]
    Moment(#[from] MomentError),
    /// It ends before it begins.
    #[error("`since` time ({since}) cannot be after `until` time ({until})")]
    Reversed {
        /// The beginning as it was written.
        since: String,
        /// The end as it was written.
        until: String,
    },
}

impl EventWindow {
    /// Reads the ends of a window; an empty one is open.
    ///
    /// # Errors
    /// When an end is no number of seconds, or the window ends before it begins.
    pub fn read(since: &str, until: &str) -> Result<Self, WindowError> {
        let window = Self {
            since: moment::unix(since)?,
            until: moment::unix(until)?,
        };
        match (window.since, window.until) {
            (Some(begin), Some(end)) if end < begin => Err(WindowError::Reversed {
                since: since.to_owned(),
                until: until.to_owned(),
            }),
            _ => Ok(window),
        }
    }

    /// Whether events that have happened are asked for, too.
    pub fn looks_back(&self) -> bool {
        self.since.is_some() || self.until.is_some()
    }

    /// When nothing more is asked for, if ever.
    pub fn until(&self) -> Option<Timestamp> {
        self.until
    }

    /// Whether an event that has happened lies in it.
    pub fn holds(&self, event: &Event) -> bool {
        let at = i128::from(event.time_nano);
        self.looks_back()
            && self.since.is_none_or(|since| since.as_nanosecond() <= at)
            && self.until.is_none_or(|until| at <= until.as_nanosecond())
    }
}

/// The objects, kinds and actions that are asked for: keys with their values, one of which must
/// fit. An unknown key does not matter, as it does not to the engine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFilter(BTreeMap<String, Vec<String>>);

/// Keys by which events are asked for whose object has this identifier or name, or one that
/// begins with it.
const OBJECTS: [&str; 9] = [
    "config",
    "container",
    "daemon",
    "network",
    "node",
    "plugin",
    "secret",
    "service",
    "volume",
];
/// Actions that say more than their name, which is all that one can ask for.
const WORDY: [&str; 3] = ["health_status", "exec_create", "exec_start"];

impl From<BTreeMap<String, Vec<String>>> for EventFilter {
    fn from(values: BTreeMap<String, Vec<String>>) -> Self {
        Self(values)
    }
}

impl EventFilter {
    /// Whether an event is asked for.
    pub fn includes(&self, event: &Event) -> bool {
        self.includes_action(&event.action)
            && self.is_exactly("type", kind(event.kind))
            && self.is_exactly("scope", "local")
            && OBJECTS.iter().all(|key| self.includes_object(key, event))
            && self.includes_image(event)
            && self.has_labels(&event.actor.attributes)
    }

    fn values(&self, key: &str) -> &[String] {
        self.0.get(key).map(Vec::as_slice).unwrap_or_default()
    }

    fn is_exactly(&self, key: &str, source: &str) -> bool {
        let values = self.values(key);
        values.is_empty() || values.iter().any(|value| value == source)
    }

    fn begins(&self, key: &str, source: &str) -> bool {
        let values = self.values(key);
        values.is_empty()
            || values
                .iter()
                .any(|value| source.starts_with(value.as_str()))
    }

    fn includes_action(&self, action: &str) -> bool {
        let values = self.values("event");
        if values.iter().any(|value| WORDY.contains(&value.as_str())) {
            return self.begins("event", action);
        }
        self.is_exactly("event", action)
    }

    fn includes_object(&self, key: &str, event: &Event) -> bool {
        let name = event.actor.attributes.get("name");
        self.begins(key, &event.actor.id) || self.begins(key, name.map_or("", String::as_str))
    }

    /// Events of an image, and those of containers that were made from it.
    fn includes_image(&self, event: &Event) -> bool {
        if self.values("image").is_empty() {
            return true;
        }
        let attribute = match event.kind {
            EventKind::Image => "name",
            _ => "image",
        };
        let name = event.actor.attributes.get(attribute);
        let name = name.map_or("", String::as_str);
        [event.actor.id.as_str(), name].iter().any(|text| {
            self.is_exactly("image", text)
                || Named::parse(text)
                    .is_ok_and(|named| self.is_exactly("image", &named.familiar_name()))
        })
    }

    fn has_labels(&self, attributes: &BTreeMap<String, String>) -> bool {
        self.values("label")
            .iter()
            .all(|asked| match asked.split_once('=') {
                Some((name, value)) => attributes.get(name).is_some_and(|has| has == value),
                None => attributes.contains_key(asked),
            })
    }
}

fn kind(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Builder => "builder",
        EventKind::Container => "container",
        EventKind::Daemon => "daemon",
        EventKind::Image => "image",
        EventKind::Network => "network",
        EventKind::Volume => "volume",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn event(kind: EventKind, action: &str, id: &str, attributes: &[(&str, &str)]) -> Event {
        let attributes = attributes
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Event::new(
            Timestamp::UNIX_EPOCH,
            kind,
            action,
            id,
            attributes.collect(),
        )
    }

    fn start() -> Event {
        let attributes = [("image", "busybox:1.35"), ("name", "web"), ("app", "demo")];
        event(EventKind::Container, "start", "abc123", &attributes)
    }

    fn filter(json: serde_json::Value) -> EventFilter {
        let values: BTreeMap<String, Vec<String>> = serde_json::from_value(json).unwrap();
        values.into()
    }

    #[test]
    fn one_value_of_each_key_must_fit() {
        for (json, fits) in [
            (serde_json::json!({}), true),
            (serde_json::json!({"type": ["container"]}), true),
            (serde_json::json!({"type": ["network", "container"]}), true),
            (serde_json::json!({"type": ["network"]}), false),
            (serde_json::json!({"event": ["start"]}), true),
            (serde_json::json!({"event": ["sta"]}), false),
            (
                serde_json::json!({"event": ["die"], "type": ["container"]}),
                false,
            ),
            (serde_json::json!({"container": ["web"]}), true),
            (serde_json::json!({"container": ["abc"]}), true),
            (serde_json::json!({"container": ["we"]}), true),
            (serde_json::json!({"container": ["xyz"]}), false),
            (serde_json::json!({"image": ["busybox:1.35"]}), true),
            (serde_json::json!({"image": ["busybox"]}), true),
            (serde_json::json!({"image": ["alpine"]}), false),
            (serde_json::json!({"label": ["app"]}), true),
            (serde_json::json!({"label": ["app=demo"]}), true),
            (serde_json::json!({"label": ["app=x"]}), false),
            (serde_json::json!({"label": ["app", "tier"]}), false),
            (serde_json::json!({"scope": ["local"]}), true),
            (serde_json::json!({"scope": ["swarm"]}), false),
            (serde_json::json!({"daemon": ["host1"]}), false),
            (serde_json::json!({"x": ["y"]}), true),
        ] {
            assert_eq!(filter(json.clone()).includes(&start()), fits, "{json}");
        }
    }

    #[test]
    fn an_action_that_says_more_is_asked_for_by_its_name() {
        let exec = event(EventKind::Container, "exec_create: ls", "abc", &[]);
        assert!(filter(serde_json::json!({"event": ["exec_create"]})).includes(&exec));
        assert!(filter(serde_json::json!({"event": ["exec_create: ls"]})).includes(&exec));
        assert!(!filter(serde_json::json!({"event": ["exec_start"]})).includes(&exec));
        let healthy = event(EventKind::Container, "health_status: healthy", "abc", &[]);
        assert!(filter(serde_json::json!({"event": ["health_status"]})).includes(&healthy));
    }

    #[test]
    fn an_image_is_asked_for_by_name_or_identifier() {
        let pull = event(
            EventKind::Image,
            "pull",
            "alpine:latest",
            &[("name", "alpine")],
        );
        assert!(filter(serde_json::json!({"image": ["alpine"]})).includes(&pull));
        assert!(filter(serde_json::json!({"image": ["alpine:latest"]})).includes(&pull));
        assert!(!filter(serde_json::json!({"image": ["alpine:3"]})).includes(&pull));
    }

    #[test]
    fn a_window_has_a_beginning_and_an_end() {
        let at = |second: i64| {
            let mut event = start();
            event.time_nano = second * 1_000_000_000;
            event
        };
        let window = EventWindow::read("10", "20.5").unwrap();
        for (second, inside) in [(9, false), (10, true), (20, true), (21, false)] {
            assert_eq!(window.holds(&at(second)), inside, "{second}");
        }
        let open = EventWindow::read("", "").unwrap();
        assert!(!open.looks_back() && !open.holds(&at(10)));
        assert!(EventWindow::read("", "20").unwrap().holds(&at(0)));
        assert!(EventWindow::read("0", "").unwrap().holds(&at(0)));
    }

    #[test]
    fn what_is_no_window_is_refused() {
        assert_eq!(
            EventWindow::read("2", "1").unwrap_err().to_string(),
            "`since` time (2) cannot be after `until` time (1)"
        );
        assert_eq!(
            EventWindow::read("", "x").unwrap_err().to_string(),
            "strconv.ParseInt: parsing \"x\": invalid syntax"
        );
    }

    proptest! {
        /// A further value of a key never takes an event away, a further key never adds one; but
        /// labels must all be there.
        #[test]
        fn more_values_let_more_pass_and_more_keys_less(
            key in prop::sample::select(vec!["type", "container", "network", "image", "event"]),
            one in "[a-e]{0,2}|web|container|start|busybox",
            two in "[a-e]{0,2}|web|container|start|busybox",
            other in prop::sample::select(vec!["scope", "daemon", "volume"]),
            third in "local|[a-e]{0,2}",
        ) {
            let narrow = filter(serde_json::json!({key: [one]}));
            let wide = filter(serde_json::json!({key: [one, two]}));
            let both = filter(serde_json::json!({key: [one], other: [third]}));
            // A wordy action is asked for by its beginning; such words are none of these.
            prop_assert!(!narrow.includes(&start()) || wide.includes(&start()));
            prop_assert!(!both.includes(&start()) || narrow.includes(&start()));
            let with_label = filter(serde_json::json!({key: [one], "label": ["app", third]}));
            prop_assert!(!with_label.includes(&start()) || narrow.includes(&start()));
        }
    }
}
