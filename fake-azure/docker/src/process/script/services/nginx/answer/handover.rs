//! Answers of other servers.

use super::{Passage, Stop};
use crate::process::script::message::Response;
use crate::process::script::services::nginx::config::{Location, Matching};
use crate::process::script::services::nginx::proxy::{Failure, Upstream};

impl Passage<'_> {
    pub(super) async fn proxy(&mut self, location: &Location, to: &str) -> Result<Response, Stop> {
        let to = self.facts().fill(to);
        let Some(rest) = to.strip_prefix("http://") else {
            self.log_error(&format!("invalid URL prefix in \"{to}\""));
            return Err(Stop::Error(500));
        };
        let (authority, path) = match rest.find('/') {
            Some(slash) => (&rest[..slash], Some(&rest[slash..])),
            None => (rest, None),
        };
        let config = &self.answerer.config;
        let member = config
            .upstreams
            .get(authority)
            .and_then(|servers| servers.first());
        let server = member.map_or(authority, String::as_str);
        let (host, port) = match server.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().unwrap_or(80)),
            None => (server, 80),
        };
        authority.clone_into(&mut self.upstream);
        let target = match (path, &location.matching) {
            (Some(path), Matching::Prefix { path: prefix, .. } | Matching::Exact(prefix)) => {
                let asked = self.request.target();
                let rest = asked.strip_prefix(prefix.as_str()).unwrap_or_default();
                format!("{path}{rest}")
            }
            _ => self.request.target(),
        };
        let mut headers = vec![
            ("host".to_owned(), authority.to_owned()),
            ("connection".to_owned(), "close".to_owned()),
        ];
        let set = &self.level.proxy_headers;
        headers.extend(
            set.iter()
                .map(|(name, value)| (name.to_ascii_lowercase(), self.facts().fill(value))),
        );
        let upstream = Upstream {
            host,
            port,
            target: &target,
            headers,
        };
        let handed = upstream
            .hand_on(self.answerer.space.network(), self.request)
            .await;
        let problem = match handed {
            Ok(response) => return Ok(self.own_headers(response)),
            Err(Failure::Unknown) => format!("{host} could not be resolved (3: Host not found)"),
            Err(Failure::Connect(errno)) => {
                format!(
                    "connect() failed ({}: {errno}) while connecting to upstream",
                    errno.number()
                )
            }
            Err(Failure::Answer) => {
                "upstream prematurely closed connection while reading response header from \
                 upstream"
                    .to_owned()
            }
        };
        self.log_error(&problem);
        Err(Stop::Error(502))
    }
}
