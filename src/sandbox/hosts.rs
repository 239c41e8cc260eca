//! The hosts file inside: the machine's own lines, then the simulated world's, kept in step.
//!
//! A bind mount shows a file, not a path: a file renamed over it would never be seen inside.
//! So this one changes in place. A new name is one append; a name that is gone becomes a
//! comment by the change of one byte. No reader ever sees less than the names that stay.

use std::fs::{File, OpenOptions};
use std::io::{self, PipeReader, PipeWriter, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};

/// How long a change may go unseen where the kernel does not tell of it (network file systems),
/// in milliseconds.
const LOOK_ANYWAY: u16 = 100;

/// A hosts file that is only ever changed in place.
#[derive(Debug)]
struct LiveHosts {
    /// For lines at the end: the command may append to its `/etc/hosts` as well.
    end: File,
    /// For the byte that takes a line out; appending files ignore offsets.
    anywhere: File,
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    text: String,
    offset: u64,
}

impl LiveHosts {
    /// Makes the file with what the machine itself says in `machine`.
    fn create(path: &Path, machine: &str) -> io::Result<Self> {
        let mut end = OpenOptions::new()
            .append(true)
            .create_new(true)
            .mode(0o644)
            .open(path)?;
        end.write_all(machine.as_bytes())?;
        if !machine.is_empty() && !machine.ends_with('\n') {
            end.write_all(b"\n")?;
        }
        let anywhere = OpenOptions::new().write(true).open(path)?;
        Ok(Self {
            end,
            anywhere,
            lines: Vec::new(),
        })
    }

    /// Appends the new lines of `world`, and takes out those that it has no more.
    fn show(&mut self, world: &str) -> io::Result<()> {
        let wanted: Vec<&str> = lines(world).collect();
        for text in wanted.iter().copied() {
            if !self.lines.iter().any(|line| line.text == text) {
                let offset = self.end.metadata()?.len();
                self.end.write_all(format!("{text}\n").as_bytes())?;
                self.lines.push(Line {
                    text: text.to_owned(),
                    offset,
                });
            }
        }
        // Last, so that a name whose address changes is there all the time.
        for line in self
            .lines
            .extract_if(.., |line| !wanted.contains(&line.text.as_str()))
        {
            self.anywhere.write_all_at(b"#", line.offset)?;
        }
        Ok(())
    }
}

/// The lines that say something; a last one without its end is still being written.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let complete = text.rfind('\n').map_or("", |end| &text[..end]);
    complete
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Keeps a live hosts file in step with the simulated world's own, until dropped.
#[derive(Debug)]
pub struct Follower {
    /// Its end tells the thread to end.
    stop: Option<PipeWriter>,
    thread: Option<JoinHandle<()>>,
}

impl Follower {
    /// Makes the file `live` with the lines of `machine` and those of the file `world`, and
    /// follows the latter.
    ///
    /// `world` must exist; when it goes later, its last names stay.
    pub fn start(live: &Path, machine: &str, world: &Path) -> io::Result<Self> {
        let mut hosts = LiveHosts::create(live, machine)?;
        let watch = Inotify::init(InitFlags::IN_CLOEXEC | InitFlags::IN_NONBLOCK)?;
        let followed = Followed {
            watch,
            path: world.to_owned(),
        };
        followed.look()?;
        hosts.show(&std::fs::read_to_string(world)?)?;
        let (stopped, stop) = io::pipe()?;
        let thread = thread::Builder::new()
            .name("hosts".to_owned())
            .spawn(move || follow(&followed, &mut hosts, &stopped))?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It has nothing to say, not even when it failed.
            _ = thread.join().ok();
        }
    }
}

/// The file that is followed, wherever its path leads at the moment.
#[derive(Debug)]
struct Followed {
    watch: Inotify,
    path: PathBuf,
}

impl Followed {
    /// Watches what the path leads to now; a file that is watched already stays watched.
    fn look(&self) -> nix::Result<()> {
        self.watch
            .add_watch(&self.path, AddWatchFlags::IN_MODIFY)
            .map(drop)
    }

    /// Waits for a change, a little while; `false` when it is time to end.
    fn wait(&self, stopped: &PipeReader) -> bool {
        let mut both = [
            PollFd::new(self.watch.as_fd(), PollFlags::POLLIN),
            PollFd::new(stopped.as_fd(), PollFlags::POLLIN),
        ];
        // An interrupted or failed wait is a look too many, no harm.
        _ = poll(&mut both, PollTimeout::from(LOOK_ANYWAY)).ok();
        let [_, stop] = both;
        if stop.any() == Some(true) {
            return false;
        }
        while self
            .watch
            .read_events()
            .is_ok_and(|events| !events.is_empty())
        {}
        true
    }
}

fn follow(followed: &Followed, hosts: &mut LiveHosts, stopped: &PipeReader) {
    while followed.wait(stopped) {
        let looked = followed.look().map_err(io::Error::from);
        let shown = looked.and_then(|()| hosts.show(&std::fs::read_to_string(&followed.path)?));
        if let Err(error) = shown {
            tracing::debug!(%error, "the simulated names cannot be followed for now");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MACHINE: &str = "127.0.0.1 localhost";

    struct Files {
        _folder: tempfile::TempDir,
        live: PathBuf,
        world: PathBuf,
    }

    fn files() -> Files {
        let folder = tempfile::tempdir().unwrap();
        let (live, world) = (folder.path().join("live"), folder.path().join("world"));
        drop(File::create_new(&world).unwrap());
        Files {
            _folder: folder,
            live,
            world,
        }
    }

    fn read(path: &Path) -> String {
        std::fs::read_to_string(path).unwrap()
    }

    #[test]
    fn the_machines_lines_come_first_and_a_gone_name_becomes_a_comment() {
        let files = files();
        let mut hosts = LiveHosts::create(&files.live, MACHINE).unwrap();
        hosts
            .show("127.1.0.1 a.cloudapp.net\n127.1.0.2 b.cloudapp.net\n")
            .unwrap();
        hosts.show("127.1.0.2 b.cloudapp.net\n").unwrap();
        hosts
            .show("127.1.0.2 b.cloudapp.net\n127.1.0.3 a.cloudapp.net\n")
            .unwrap();
        assert_eq!(
            read(&files.live),
            "127.0.0.1 localhost\n#27.1.0.1 a.cloudapp.net\n127.1.0.2 b.cloudapp.net\n\
             127.1.0.3 a.cloudapp.net\n"
        );
    }

    #[test]
    fn a_line_that_the_command_appends_stays() {
        let files = files();
        let mut hosts = LiveHosts::create(&files.live, MACHINE).unwrap();
        hosts.show("127.1.0.1 a.cloudapp.net\n").unwrap();
        let mut own = OpenOptions::new().append(true).open(&files.live).unwrap();
        own.write_all(b"10.0.0.1 mine\n").unwrap();
        hosts.show("127.1.0.2 b.cloudapp.net\n").unwrap();
        assert_eq!(
            read(&files.live),
            "127.0.0.1 localhost\n#27.1.0.1 a.cloudapp.net\n10.0.0.1 mine\n\
             127.1.0.2 b.cloudapp.net\n"
        );
    }

    #[test]
    fn comments_and_half_written_lines_are_not_names() {
        let text = "# world\n\n127.1.0.1 a\n#27.1.0.2 b\n127.1.0.3 half";
        assert_eq!(lines(text).collect::<Vec<_>>(), ["127.1.0.1 a"]);
        assert_eq!(lines("127.1.0.3 half").count(), 0);
    }

    #[test]
    fn the_file_stays_the_same_file_and_follows_until_dropped() {
        use std::os::unix::fs::MetadataExt as _;
        let files = files();
        let follower = Follower::start(&files.live, MACHINE, &files.world).unwrap();
        let number = files.live.metadata().unwrap().ino();
        let mut world = OpenOptions::new().append(true).open(&files.world).unwrap();
        world.write_all(b"127.1.0.1 a.cloudapp.net\n").unwrap();
        while !read(&files.live).contains("a.cloudapp.net") {
            thread::yield_now();
        }
        // Another simulator may write its file anew and rename it over the old one.
        let anew = files.world.with_extension("new");
        let mut file = File::create_new(&anew).unwrap();
        file.write_all(b"127.1.0.2 b.cloudapp.net\n").unwrap();
        std::fs::rename(&anew, &files.world).unwrap();
        while !read(&files.live).contains("b.cloudapp.net") {
            thread::yield_now();
        }
        drop(follower);
        assert_eq!(files.live.metadata().unwrap().ino(), number);
        assert_eq!(
            read(&files.live),
            "127.0.0.1 localhost\n#27.1.0.1 a.cloudapp.net\n127.1.0.2 b.cloudapp.net\n"
        );
    }
}
