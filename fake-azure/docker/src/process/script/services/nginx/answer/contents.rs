//! Files as answers.

use super::{Passage, Stop};
use crate::files::{Errno, path};
use crate::process::script::message::Response;
use crate::process::script::services::nginx::config::{Location, Matching};
use crate::process::script::services::site::{Page, Place, Site, TagStyle, is_read};

impl<'a> Passage<'a> {
    pub(super) fn site(&self) -> Site<'a> {
        Site {
            files: self.answerer.space.files(),
            user: &self.answerer.user,
        }
    }

    /// The path of a file for a path of a request.
    pub(super) fn path(&self, location: Option<&Location>, uri: &str) -> String {
        let prefix = location.map(|location| &location.matching);
        if let Some(alias) = location.and_then(|location| location.alias.as_ref())
            && let Some(Matching::Prefix { path, .. } | Matching::Exact(path)) = prefix
        {
            let rest = uri.strip_prefix(path.as_str()).unwrap_or_default();
            return format!("{}{rest}", self.facts().fill(alias));
        }
        let root = self.facts().fill(&self.level.root);
        let root = path::join("/etc/nginx", &root);
        format!("{}{uri}", root.trim_end_matches('/'))
    }

    pub(super) fn file(
        &mut self,
        location: Option<&Location>,
        uri: &str,
    ) -> Result<Response, Stop> {
        let path = self.path(location, uri);
        let level = self.level.clone();
        let index = level.index.iter().map(String::as_str);
        match self.site().look(&path, index) {
            Place::File(page) => self.page(page),
            Place::Directory => {
                let query = match self.request.query.as_str() {
                    "" => String::new(),
                    query => format!("?{query}"),
                };
                let to = self.here(&format!("{uri}/{query}"));
                Err(Stop::Done(Box::new(
                    self.builtin(301).header("location", &to),
                )))
            }
            Place::NoIndex if level.autoindex => Ok(self.listing(&path, uri)),
            Place::NoIndex => {
                self.log_error(&format!("directory index of \"{path}\" is forbidden"));
                Err(Stop::Error(403))
            }
            Place::Missing(errno) => {
                let number = errno.number();
                self.log_error(&format!("open() \"{path}\" failed ({number}: {errno})"));
                Err(Stop::Error(match errno {
                    Errno::Access | Errno::NotPermitted => 403,
                    _ => 404,
                }))
            }
        }
    }

    fn page(&mut self, page: Page) -> Result<Response, Stop> {
        if !is_read(&self.request.method) {
            return Err(Stop::Error(405));
        }
        let mut media_type = self.media_type(&page.path);
        if let Some(charset) = &self.level.charset
            && media_type.starts_with("text/")
        {
            media_type = format!("{media_type}; charset={charset}");
        }
        let answer = |status| match status {
            416 => self.builtin(status),
            _ => self.plain(status),
        };
        Ok(page.answer(self.request, &media_type, TagStyle::TimeAndSize, answer))
    }

    fn media_type(&self, path: &str) -> String {
        let name = path.rsplit('/').next().unwrap_or_default();
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        let known = self.level.types.get(&ending.to_ascii_lowercase());
        known.unwrap_or(&self.level.default_type).clone()
    }

    fn listing(&self, path: &str, uri: &str) -> Response {
        let site = self.site();
        let entries = site.files.read_dir(path, site.user).unwrap_or_default();
        let mut lines = String::new();
        for entry in entries {
            let file = format!("{path}{}", entry.name);
            let Ok(stat) = site.files.stat(&file, site.user) else {
                continue;
            };
            let slash = if stat.is_dir() { "/" } else { "" };
            let name = format!("{}{slash}", entry.name);
            let time = stat.meta.modified.strftime("%d-%b-%Y %H:%M").to_string();
            let length = if stat.is_dir() {
                "-".to_owned()
            } else {
                stat.size.to_string()
            };
            let gap = " ".repeat(51_usize.saturating_sub(name.chars().count()));
            lines.extend([format!(
                "<a href=\"{name}\">{name}</a>{gap}{time}{length:>20}\r\n"
            )]);
        }
        let body = format!(
            "<html>\r\n<head><title>Index of {uri}</title></head>\r\n<body>\r\n\
             <h1>Index of {uri}</h1><hr><pre><a href=\"../\">../</a>\r\n{lines}</pre><hr></body>\r\n\
             </html>\r\n"
        );
        self.plain(200)
            .header("content-type", "text/html")
            // It is sent while it is made.
            .header("transfer-encoding", "chunked")
            .bytes(body.into_bytes())
    }
}
