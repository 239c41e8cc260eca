//! Tools on live streams, terminals and clocks.

use std::sync::Arc;
use std::time::Duration;

use super::bench::{Bench, Page, morning};
use crate::process::{Descriptor, Descriptors, Exit, Process, Signal};

fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

/// Lets tasks run until nothing is left to do.
async fn settle() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_line_goes_through_before_the_next_one_is_written() {
    for tool in ["cat", "grep -v nothing", "head -n 9", "rev"] {
        let bench = Bench::new();
        let (reader, writer) = Process::pipe();
        let out = Arc::new(Page::default());
        let sink = Descriptor::Sink(out.clone());
        let standard = Descriptors::standard(reader, sink, Descriptor::Null);
        let child = bench.start(&words(tool), standard);
        writer.write(b"abba\n", morning()).await.unwrap();
        settle().await;
        assert_eq!(out.text(), b"abba\n", "{tool}");
        writer.write(b"otto\n", morning()).await.unwrap();
        settle().await;
        assert_eq!(out.text(), b"abba\notto\n", "{tool}");
        drop(writer);
        assert_eq!(child.wait().await, Exit::Code(0), "{tool}");
    }
}

#[tokio::test]
async fn head_ends_when_it_has_seen_enough_and_whoever_writes_on_is_told() {
    let bench = Bench::new();
    let (reader, writer) = Process::pipe();
    let (first_reader, first_writer) = Process::pipe();
    let zeros = Descriptors::standard(Descriptor::Zero, first_writer, Descriptor::Null);
    let endless = bench.start(&words("cat"), zeros);
    let standard = Descriptors::standard(first_reader, writer, Descriptor::Null);
    let head = bench.start(&words("head -c 3"), standard);
    assert_eq!(head.wait().await, Exit::Code(0));
    assert_eq!(endless.wait().await, Exit::Killed(Signal::PIPE));
    assert_eq!(reader.read(9).await.unwrap(), [0, 0, 0]);
}

#[tokio::test]
async fn tail_shows_what_is_added_to_a_file_when_its_time_has_come() {
    let bench = Bench::new();
    let out = Arc::new(Page::default());
    let sink = Descriptor::Sink(out.clone());
    let standard = Descriptors::standard(Descriptor::Null, sink, Descriptor::Null);
    let tail = bench.start(&words("tail -n 1 -f a.txt"), standard);
    settle().await;
    assert_eq!(out.text(), b"three\n");
    let files = bench.space.files();
    let root = crate::files::Credentials::ROOT;
    files
        .append("/work/a.txt", b"four\n", 0o644, &root, morning())
        .unwrap();
    bench.clock.advance(Duration::from_secs(1));
    settle().await;
    assert_eq!(out.text(), b"three\nfour\n");
    bench.space.signal(tail.pid, Signal::TERM, false);
    assert_eq!(tail.wait().await, Exit::Killed(Signal::TERM));
}

#[tokio::test]
async fn a_timeout_ends_what_takes_too_long() {
    let bench = Bench::new();
    let nothing = || Descriptors::standard(Descriptor::Null, Descriptor::Null, Descriptor::Null);
    let late = bench.start(&words("timeout 5 sleep 9"), nothing());
    let early = bench.start(&words("timeout 5 false"), nothing());
    assert_eq!(early.wait().await, Exit::Code(1));
    settle().await;
    bench.clock.advance(Duration::from_secs(5));
    // As busybox's, which becomes the command.
    assert_eq!(late.wait().await, Exit::Killed(Signal::TERM));
}

#[tokio::test]
async fn a_program_that_becomes_itself_without_end_lets_others_run() {
    let bench = Bench::new();
    let nothing = || Descriptors::standard(Descriptor::Null, Descriptor::Null, Descriptor::Null);
    let mut line = vec!["env".to_owned(); 2_000];
    line.push("true".to_owned());
    let long = bench.start(&line, nothing());
    assert_eq!(long.wait().await, Exit::Code(0));
}

#[tokio::test]
async fn stat_tells_all_of_a_file() {
    let bench = Bench::new();
    let (out, _, _) = bench.run(&words("stat a.txt"), b"").await;
    let out = String::from_utf8(out).unwrap();
    let out = regex_lite::Regex::new("Inode: [0-9]+ +")
        .unwrap()
        .replace(&out, "Inode: N ");
    assert_eq!(
        out,
        "  File: a.txt\n  Size: 14        \tBlocks: 8          IO Block: 4096   regular file\n\
         Device: 1h/1d\tInode: N Links: 1\n\
         Access: (0644/-rw-r--r--)  Uid: (    0/    root)   Gid: (    0/    root)\n\
         Access: 2026-11-26 09:30:00.000000000 +0000\n\
         Modify: 2026-11-26 09:30:00.000000000 +0000\n\
         Change: 2026-11-26 09:30:00.000000000 +0000\n"
    );
}
