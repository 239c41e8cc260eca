//! A small machine to try tools on.

use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use jiff::Timestamp;
use simulation::Clock;

use crate::files::{Credentials, Errno, Node, Tree, View};
use crate::process::{Child, Descriptor, Descriptors, Launch, Process, Sink, Space, program};

/// The files that lie in the working folder.
pub(super) const FILES: [(&str, &str); 6] = [
    ("a.txt", "one\ntwo\nthree\n"),
    ("b.txt", "two\nfour\n"),
    (
        "words.txt",
        "the quick brown fox\njumps over\n\nthe lazy dog\n",
    ),
    (
        "people.csv",
        "name:age:city\nann:31:oslo\nbob:7:rome\ncid:31:lima\n",
    ),
    ("dir/inner.txt", "inside\n"),
    ("dir/sub/deep.txt", "deep one\n"),
];

/// Where the files lie.
pub(super) const FOLDER: &str = "/work";

/// What was written to it.
#[derive(Debug, Default)]
pub(super) struct Page(Mutex<Vec<u8>>);

impl Page {
    pub(super) fn text(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }
}

impl Sink for Page {
    fn poll_ready(&self, _: &mut Context<'_>) -> Poll<Result<(), Errno>> {
        Poll::Ready(Ok(()))
    }

    fn put(&self, _: Timestamp, bytes: &[u8]) {
        self.0.lock().unwrap().extend(bytes);
    }
}

pub(super) struct Bench {
    pub(super) space: Arc<Space>,
    pub(super) clock: Clock,
}

/// What the bench's clock shows at first.
pub(super) fn morning() -> Timestamp {
    "2026-11-26T09:30:00Z".parse().unwrap()
}

impl Bench {
    pub(super) fn new() -> Self {
        Self::on(Clock::by_hand(morning()))
    }

    pub(super) fn on(clock: Clock) -> Self {
        let now = morning();
        let root = Credentials::ROOT;
        let view = View::of(Tree::new(now));
        for folder in ["/bin", "/dev", "/etc", "/proc", "/tmp", FOLDER] {
            view.create_dir_all(folder, 0o755, &root, now).unwrap();
        }
        view.chmod("/tmp", 0o1777, &root).unwrap();
        let null = Node::CharDevice { major: 1, minor: 3 };
        view.mknod("/dev/null", null, 0o666, &root, now).unwrap();
        let zero = Node::CharDevice { major: 1, minor: 5 };
        view.mknod("/dev/zero", zero, 0o666, &root, now).unwrap();
        let busybox = program::image_of("busybox");
        view.write("/bin/busybox", busybox, 0o755, &root, now)
            .unwrap();
        let userland = crate::process::shell::userland();
        for name in userland.names() {
            let link = format!("/bin/{name}");
            view.symlink("/bin/busybox", &link, &root, now).unwrap();
        }
        let passwd = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n";
        view.write("/etc/passwd", passwd.as_bytes().to_vec(), 0o644, &root, now)
            .unwrap();
        let group = "root:x:0:\nnogroup:x:65534:\n";
        view.write("/etc/group", group.as_bytes().to_vec(), 0o644, &root, now)
            .unwrap();
        for (name, content) in FILES {
            let path = format!("{FOLDER}/{name}");
            let parent = crate::files::path::split(&path).0;
            view.create_dir_all(&parent, 0o755, &root, now).unwrap();
            view.write(&path, content.as_bytes().to_vec(), 0o644, &root, now)
                .unwrap();
        }
        view.symlink("a.txt", &format!("{FOLDER}/link"), &root, now)
            .unwrap();
        let space = Space::builder(view, clock.clone(), Arc::new(userland)).build();
        // Process 1 would take all others with it when it ends.
        let first = Launch::new(["sleep", "inf"]);
        let waiting = |_: Process| std::future::pending::<u8>();
        space.run(first, waiting).unwrap();
        Self { space, clock }
    }

    /// The same with each tool as a file of its own, as where they are GNU's.
    pub(super) fn of_gnu() -> Self {
        let bench = Self::new();
        let (root, now) = (Credentials::ROOT, morning());
        let files = bench.space.files();
        files.create_dir_all("/usr/bin", 0o755, &root, now).unwrap();
        for tool in super::super::all() {
            let name = tool.name();
            let file = format!("/usr/bin/{name}");
            let content = program::image_of(name);
            files.write(&file, content, 0o755, &root, now).unwrap();
        }
        bench
    }

    /// Starts a command on these descriptors.
    pub(super) fn start(&self, words: &[String], descriptors: Descriptors) -> Child {
        let mut launch = Launch::new(words.iter().cloned());
        launch.cwd = FOLDER.to_owned();
        launch.env = vec![
            ("HOME".to_owned(), "/root".to_owned()),
            ("LC_ALL".to_owned(), "C.UTF-8".to_owned()),
            ("PATH".to_owned(), "/usr/bin:/bin".to_owned()),
        ];
        launch.descriptors = descriptors;
        launch.parent = 1;
        self.space.launch(launch).unwrap()
    }

    /// Runs a command to its end; returns what it printed, what it complained, and its code.
    pub(super) async fn run(&self, words: &[String], stdin: &[u8]) -> (Vec<u8>, Vec<u8>, u8) {
        let (reader, writer) = Process::pipe();
        let (out, err) = (Arc::new(Page::default()), Arc::new(Page::default()));
        let descriptors = Descriptors::standard(
            reader,
            Descriptor::Sink(out.clone()),
            Descriptor::Sink(err.clone()),
        );
        let child = self.start(words, descriptors);
        let stdin = stdin.to_vec();
        let now = morning();
        tokio::spawn(async move {
            // A tool that wants no input has gone, and that is well.
            writer.write(&stdin, now).await.ok();
        });
        let exit = child.wait().await;
        (out.text(), err.text(), exit.code())
    }
}
