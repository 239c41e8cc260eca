//! The cache: images that were built before by the same step on the same image.

use super::workshop::{Built, Workshop};
use crate::state::config::Config;

/// Looks steps up, stage by stage. After the first step that is not found no other is.
#[derive(Debug)]
pub(crate) struct Cache {
    is_off: bool,
    is_missed: bool,
    /// The images that a step has to lead to, if there are any.
    goals: Vec<String>,
    has_goals: bool,
}

impl Cache {
    /// Makes a cache of what was built here, or of the images `from` alone.
    pub(crate) fn new<W: Workshop>(is_off: bool, from: &[String], workshop: &W) -> Self {
        Self {
            is_off,
            is_missed: false,
            goals: from
                .iter()
                .filter_map(|name| workshop.local(name))
                .collect(),
            has_goals: !from.is_empty(),
        }
    }

    /// Begins a stage.
    pub(crate) fn begin_stage(&mut self) {
        self.is_missed = false;
    }

    /// Returns the image that the step with that configuration made of `parent`.
    pub(crate) fn find<W: Workshop>(
        &mut self,
        workshop: &W,
        parent: &str,
        config: &Config,
    ) -> Option<String> {
        if self.is_off || self.is_missed {
            return None;
        }
        let found = workshop
            .built_on(parent)
            .into_iter()
            .filter(|built| is_same(&built.container_config, config))
            .filter(|built| !self.has_goals || self.leads_to_goal(workshop, built))
            .max_by_key(|built| built.created);
        self.is_missed = found.is_none();
        found.map(|built| built.id)
    }

    fn leads_to_goal<W: Workshop>(&self, workshop: &W, built: &Built) -> bool {
        let mut line = self.goals.clone();
        while let Some(image) = line.pop() {
            if image == built.id {
                return true;
            }
            line.extend(workshop.parent(&image));
        }
        false
    }
}

/// Whether two containers ran with the same, whatever they and their images are called.
fn is_same(a: &Config, b: &Config) -> bool {
    comparable(a) == comparable(b)
}

/// Takes out what does not count, and the difference between nothing and an empty list.
fn comparable(config: &Config) -> Config {
    let mut config = Config {
        hostname: String::new(),
        domainname: String::new(),
        image: String::new(),
        mac_address: String::new(),
        ..config.clone()
    };
    config.env.take_if(|list| list.is_empty());
    config.on_build.take_if(|list| list.is_empty());
    config.labels.take_if(|labels| labels.is_empty());
    for words in [&mut config.cmd, &mut config.entrypoint, &mut config.shell] {
        words.take_if(|words| words.0.is_empty());
    }
    for set in [&mut config.exposed_ports, &mut config.volumes] {
        set.take_if(|set| set.0.is_empty());
    }
    config
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::config::Words;

    #[test]
    fn names_do_not_count_and_nothing_is_an_empty_list() {
        let a = Config {
            image: "sha256:a".to_owned(),
            hostname: "x".to_owned(),
            env: Some(Vec::new()),
            cmd: Some(Words(vec!["a".to_owned()])),
            ..Config::default()
        };
        let b = Config {
            cmd: a.cmd.clone(),
            labels: Some([].into()),
            ..Config::default()
        };

        assert!(is_same(&a, &b));
        let c = Config {
            user: "u".to_owned(),
            ..b.clone()
        };
        assert!(!is_same(&b, &c));
    }
}
