//! Lists by the page, for clients that ask for so many at a time.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use simulation::http::target::decoded;

use super::{Answer, Call, Content};

/// Where a page begins: what it follows.
const TOKEN: &str = "$skiptoken";

impl Call<'_> {
    /// A list of things with identifiers: all, or the page that `$top` and `$skiptoken` ask for. A
    /// page follows a thing and not a number of them, so nobody misses any who deletes what he has
    /// read.
    pub(super) fn paged(&self, mut all: Vec<Value>) -> Answer {
        let Some(most) = self.parameter("$top").and_then(|top| top.parse().ok()) else {
            return Answer::list(all);
        };
        all.sort_by_cached_key(id);
        let token = self.parameter(TOKEN);
        let after = token.and_then(|token| URL_SAFE_NO_PAD.decode(token).ok());
        if let Some(after) = after {
            all.retain(|one| id(one).as_bytes() > after.as_slice());
        }
        let is_last = all.len() <= most;
        all.truncate(most);
        let token = all.last().map(|last| URL_SAFE_NO_PAD.encode(id(last)));
        let mut answer = Answer::list(all);
        if let (false, Some(token), Some(Content::Document(told))) =
            (is_last, token, &mut answer.body)
        {
            told["nextLink"] = self.target_with(&token).into();
        }
        answer
    }

    /// The URL that was asked for, with another token.
    fn target_with(&self, token: &str) -> String {
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let own = format!("%24skiptoken={token}");
        let others = query.split('&').filter(|pair| {
            let (key, _) = pair.split_once('=').unwrap_or((pair, ""));
            !decoded(key).eq_ignore_ascii_case(TOKEN)
        });
        let pairs: Vec<&str> = others.chain([own.as_str()]).collect();
        format!("{}{path}?{}", self.base, pairs.join("&"))
    }
}

fn id(told: &Value) -> String {
    told["id"].as_str().unwrap_or_default().to_ascii_lowercase()
}
