//! Files of a container over HTTP.

use std::sync::Arc;

use hyper::Method;
use jiff::Timestamp;

use crate::files::{Credentials, Errno, View};
use crate::process::script::http_server::http_date;
use crate::process::script::message::{Request, Response};

/// What stands at a path.
#[derive(Debug)]
pub(super) enum Place {
    File(Page),
    /// A directory that was asked for without a slash at the end.
    Directory,
    /// A directory without any of the files that stand for it.
    NoIndex,
    Missing(Errno),
}

/// A file that is sent.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) path: String,
    pub(super) content: Arc<Vec<u8>>,
    pub(super) modified: Timestamp,
}

/// Whose files they are, and who reads them.
pub(super) struct Site<'a> {
    pub(super) files: &'a View,
    pub(super) user: &'a Credentials,
}

impl Site<'_> {
    /// Looks for a file, or for the `index` of a directory.
    pub(super) fn look<'a>(&self, path: &str, index: impl IntoIterator<Item = &'a str>) -> Place {
        let stat = match self.files.stat(path, self.user) {
            Ok(stat) => stat,
            Err(errno) => return Place::Missing(errno),
        };
        if stat.is_file() {
            return if path.ends_with('/') {
                Place::Missing(Errno::NotDirectory)
            } else {
                self.read(path.to_owned())
            };
        }
        if !stat.is_dir() {
            return Place::Missing(Errno::Access);
        }
        if !path.ends_with('/') {
            return Place::Directory;
        }
        let mut index = index.into_iter().map(|name| format!("{path}{name}"));
        match index.find(|file| self.files.is_file(file, self.user)) {
            Some(file) => self.read(file),
            None => Place::NoIndex,
        }
    }

    /// Reads a file.
    pub(super) fn read(&self, path: String) -> Place {
        let read = || {
            let modified = self.files.stat(&path, self.user)?.meta.modified;
            Ok((self.files.read(&path, self.user)?, modified))
        };
        match read() {
            Ok((content, modified)) => Place::File(Page {
                path,
                content,
                modified,
            }),
            Err(errno) => Place::Missing(errno),
        }
    }
}

/// How a server tells of a file.
#[derive(Clone, Copy, Debug)]
pub(super) enum TagStyle {
    /// As nginx does: its tag is time and size.
    TimeAndSize,
    /// As Apache does: its tag is size and time, and a part of it says that there are parts.
    SizeAndTime,
}

impl Page {
    fn tag(&self, style: TagStyle) -> String {
        let size = self.content.len();
        match style {
            TagStyle::TimeAndSize => format!("\"{:x}-{size:x}\"", self.modified.as_second()),
            TagStyle::SizeAndTime => format!("\"{size:x}-{:x}\"", self.modified.as_microsecond()),
        }
    }

    /// The answer to a request for it: the whole, a part, or that nothing has changed.
    ///
    /// `answer` makes the answer of a status with the server's own headers.
    pub(super) fn answer(
        self,
        request: &Request,
        media_type: &str,
        style: TagStyle,
        answer: impl Fn(u16) -> Response,
    ) -> Response {
        let tag = self.tag(style);
        let modified = http_date(self.modified);
        let facts = |response: Response| {
            response
                .header("last-modified", &modified)
                .header("etag", &tag)
        };
        let unchanged = match request.header("if-none-match") {
            Some(known) => known
                .split(',')
                .any(|known| known.trim() == tag || known == "*"),
            None => request.header("if-modified-since") == Some(&modified),
        };
        if unchanged && is_read(&request.method) {
            return facts(answer(304));
        }
        let length = self.content.len();
        match request.header("range").map(|range| part(range, length)) {
            Some(Part::Of(from, to)) => {
                let range = format!("bytes {from}-{}/{length}", to - 1);
                let part = facts(answer(206).header("content-type", media_type))
                    .header("content-range", &range)
                    .bytes(self.content[from..to].to_vec());
                match style {
                    TagStyle::TimeAndSize => part,
                    TagStyle::SizeAndTime => part.header("accept-ranges", "bytes"),
                }
            }
            Some(Part::Beyond) => answer(416).header("content-range", &format!("bytes */{length}")),
            Some(Part::Whole) | None => facts(answer(200).header("content-type", media_type))
                .header("accept-ranges", "bytes")
                .shared(self.content),
        }
    }
}

/// Whether a method only reads.
pub(super) fn is_read(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

#[derive(Debug, PartialEq, Eq)]
enum Part {
    Whole,
    Of(usize, usize),
    Beyond,
}

/// Reads `bytes=2-5`, `bytes=2-`, `bytes=-3`; several parts, or what is none, mean the whole.
fn part(range: &str, length: usize) -> Part {
    let Some((from, to)) = range
        .strip_prefix("bytes=")
        .filter(|range| !range.contains(','))
        .and_then(|range| range.trim().split_once('-'))
    else {
        return Part::Whole;
    };
    match (from.parse::<usize>(), to.parse::<usize>()) {
        (Ok(from), _) if from >= length => Part::Beyond,
        (Ok(from), Ok(to)) if from <= to => Part::Of(from, to.saturating_add(1).min(length)),
        (Ok(from), Err(_)) if to.is_empty() => Part::Of(from, length),
        (Err(_), Ok(0)) => Part::Beyond,
        (Err(_), Ok(last)) if from.is_empty() && length > 0 => {
            Part::Of(length.saturating_sub(last), length)
        }
        _ => Part::Whole,
    }
}

/// A path of a request as a path of files: decoded, without `.` and `..`; none when it leads
/// above the root.
pub(super) fn clean(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            other => parts.push(other),
        }
    }
    let mut clean = format!("/{}", parts.join("/"));
    let directory = path.ends_with('/') || path.ends_with("/.") || path.ends_with("/..");
    if directory && clean != "/" {
        clean.push('/');
    }
    (!clean.contains('\0')).then_some(clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_files_are_read_as_clients_write_them() {
        assert_eq!(part("bytes=0-3", 10), Part::Of(0, 4));
        assert_eq!(part("bytes=5-", 10), Part::Of(5, 10));
        assert_eq!(part("bytes=-3", 10), Part::Of(7, 10));
        assert_eq!(part("bytes=5-99", 10), Part::Of(5, 10));
        assert_eq!(part("bytes=10-", 10), Part::Beyond);
        assert_eq!(part("bytes=-0", 10), Part::Beyond);
        for whole in [
            "bytes=0-1,3-4",
            "bytes=3-2",
            "lines=1-2",
            "bytes=",
            "bytes=-",
        ] {
            assert_eq!(part(whole, 10), Part::Whole, "{whole}");
        }
        assert_eq!(part("bytes=0-18446744073709551615", 10), Part::Of(0, 10));
        assert_eq!(part("bytes=-3", 0), Part::Whole);
    }

    #[test]
    fn paths_do_not_lead_above_the_root() {
        assert_eq!(clean("/a/./b//../c").as_deref(), Some("/a/c"));
        assert_eq!(clean("/a/..").as_deref(), Some("/"));
        assert_eq!(clean("/a/b/").as_deref(), Some("/a/b/"));
        assert_eq!(clean("/../a"), None);
        assert_eq!(clean("/a\0"), None);
    }
}
