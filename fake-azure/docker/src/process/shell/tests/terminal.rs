//! A shell that somebody types into.

use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

use super::super::super::tty::Tty;
use super::super::super::{Child, Signal, Sink};
use super::*;
use crate::files::Errno;

/// What a terminal shows.
#[derive(Debug, Default)]
struct Screen(Mutex<Vec<u8>>);

impl Sink for Screen {
    fn poll_ready(&self, _: &mut Context<'_>) -> Poll<Result<(), Errno>> {
        Poll::Ready(Ok(()))
    }

    fn put(&self, _: Timestamp, bytes: &[u8]) {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shown.extend_from_slice(bytes);
    }
}

/// A person before a terminal.
struct Person {
    space: Arc<Space>,
    tty: Arc<Tty>,
    screen: Arc<Screen>,
    child: Child,
    seen: usize,
}

impl Person {
    fn start(space: Arc<Space>, args: &[&str]) -> Self {
        let screen = Arc::new(Screen::default());
        let tty = Arc::new(Tty::new(screen.clone(), 24, 80));
        let terminal = Descriptor::Tty(tty.clone());
        let mut launch = launch(args);
        launch.cwd = "/".to_owned();
        launch.descriptors = Descriptors::standard(terminal.clone(), terminal.clone(), terminal);
        launch.tty = Some(tty.clone());
        let child = space.launch(launch).unwrap();
        Self {
            space,
            tty,
            screen,
            child,
            seen: 0,
        }
    }

    fn type_(&self, keys: &str) {
        for signal in self.tty.typed(NOW, keys.as_bytes()) {
            self.space.signal_group(self.tty.foreground(), signal);
        }
    }

    /// Waits until the terminal shows something more, and that it is this.
    async fn see(&mut self, expected: &str) {
        let waiting = async {
            loop {
                let shown = self.screen.0.lock().unwrap().clone();
                if shown.len() - self.seen >= expected.len() {
                    return shown;
                }
                tokio::task::yield_now().await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(5), waiting).await;
        let shown = waited.unwrap_or_else(|_| self.screen.0.lock().unwrap().clone());
        let new = String::from_utf8_lossy(&shown[self.seen..]).into_owned();
        assert_eq!(new, expected);
        self.seen = shown.len();
    }
}

const BANNER: &str = "\r\n\r\nBusyBox v1.35.0 (Debian 1:1.35.0-4+deb12u1+b1) built-in shell (ash)\r\n\
    Enter 'help' for a list of built-in commands.\r\n\r\n";

#[tokio::test]
async fn a_session_shows_what_was_recorded() {
    let mut person = Person::start(space(), &["sh"]);
    person.see(&format!("{BANNER}/ # \x1b[6n")).await;
    person.type_("echo from-tty\n");
    person.see("echo from-tty\r\nfrom-tty\r\n/ # \x1b[6n").await;
    person.type_("exit 4\n");
    person.see("exit 4\r\n").await;
    assert_eq!(person.child.wait().await.code(), 4);
}

#[tokio::test]
async fn a_command_may_take_several_lines_and_errors_end_nothing() {
    let mut person = Person::start(space(), &["sh"]);
    person.see(&format!("{BANNER}/ # \x1b[6n")).await;
    person.type_("if true\r");
    person.see("if true\r\n> \x1b[6n").await;
    person.type_("then echo y; fi\r");
    person.see("then echo y; fi\r\ny\r\n/ # \x1b[6n").await;
    person.type_("fi\r");
    person
        .see("fi\r\nsh: syntax error: unexpected \"fi\"\r\n/ # \x1b[6n")
        .await;
    person.type_("nosuch\r");
    person
        .see("nosuch\r\nsh: nosuch: not found\r\n/ # \x1b[6n")
        .await;
    person.type_("cd /nosuch\r");
    person
        .see("cd /nosuch\r\nsh: cd: can't cd to /nosuch: No such file or directory\r\n/ # \x1b[6n")
        .await;
    person.type_("echo ${x?}\r");
    person
        .see("echo ${x?}\r\nsh: x: parameter not set\r\n/ # \x1b[6n")
        .await;
    person.type_("cd ~\r");
    person.see("cd ~\r\n~ # \x1b[6n").await;
}

#[tokio::test]
async fn a_line_is_edited_and_lines_are_remembered() {
    let mut person = Person::start(space(), &["sh"]);
    person.see(&format!("{BANNER}/ # \x1b[6n")).await;
    // The terminal answers where its cursor is.
    person.type_("\x1b[12;5Rabc\x7f\x7fd");
    person.see("abc\x08\x1b[J\x08\x1b[Jd").await;
    person.type_("\x15echo x\x1b[D\x1b[Dab\x0b1\r");
    person.type_("\x1b[A");
    let edited = "\x08\x08\x1b[Jecho x\x08\x08a x\x08\x08b x\x08\x08\x1b[J1\r\n";
    person
        .see(&format!(
            "{edited}sh: echoab1: not found\r\n/ # \x1b[6n\r/ # echoab1\x1b[J"
        ))
        .await;
    person.type_("\x15true \u{e9}\x7f\x7f\x17\r\x04");
    let killed = "\x08".repeat(7);
    person
        .see(&format!(
            "{killed}\x1b[Jtrue \u{e9}\x08\x1b[J\x08\x1b[J\x08\x08\x08\x08\x1b[J\r\n/ # \x1b[6n\r\n"
        ))
        .await;
    assert_eq!(person.child.wait().await.code(), 127);
}

#[tokio::test]
async fn control_c_ends_a_line_and_a_command_but_not_the_shell() {
    let space = space_with("sh", Clock::by_hand(NOW));
    let mut person = Person::start(space, &["sh"]);
    person.see(&format!("{BANNER}/ # \x1b[6n")).await;
    person.type_("abc\x03");
    person.see("abc^C\r\n/ # \x1b[6n").await;
    person.type_("sleep 300\r");
    person.see("sleep 300\r\n").await;
    let clock = person.space.clock().clone();
    while clock.sleepers() == 0 {
        tokio::task::yield_now().await;
    }
    person.type_("\x03");
    person.see("^C\r\n/ # \x1b[6n").await;
    person.type_("echo $?\r");
    person.see("echo $?\r\n130\r\n/ # \x1b[6n").await;
    person.space.signal(person.child.pid, Signal::INT, true);
    person.type_("trap 'echo got' USR1\r");
    person.see("trap 'echo got' USR1\r\n/ # \x1b[6n").await;
    person.type_("ec");
    person.see("ec").await;
    person.space.signal(person.child.pid, Signal::USR1, true);
    person.see("got\r\n").await;
    person.type_("ho\r");
    person.see("ho\r\n\r\n/ # \x1b[6n").await;
}

#[tokio::test]
async fn a_program_reads_the_terminal_in_lines() {
    let mut person = Person::start(space(), &["sh"]);
    person.see(&format!("{BANNER}/ # \x1b[6n")).await;
    person.type_("cat\r");
    person.see("cat\r\n").await;
    person.type_("xyz\r");
    person.see("xyz\r\nxyz\r\n").await;
    person.type_("\x04");
    person.see("/ # \x1b[6n").await;
    person.type_("read -p 'P> ' x; echo \"<$x>\"\r");
    person.see("read -p 'P> ' x; echo \"<$x>\"\r\nP> ").await;
    person.type_("v\r");
    person.see("v\r\n<v>\r\n/ # \x1b[6n").await;
}

#[tokio::test]
async fn other_shells_have_other_prompts() {
    let mut person = Person::start(space(), &["dash"]);
    person.see("# ").await;
    person.type_("exit\r");
    let mut person = Person::start(space(), &["bash"]);
    person.see("root@localhost:/# ").await;
    person.type_("PS1='$PWD> '\r");
    person.see("PS1='$PWD> '\r\n/> ").await;
    let space = space();
    let files = space.files();
    files
        .write("/etc/alpine-release", "3", 0o644, &ROOT, NOW)
        .unwrap();
    let mut person = Person::start(space, &["sh"]);
    person.see("/ # \x1b[6n").await;
}

#[tokio::test]
async fn background_commands_are_told_of_before_the_next_prompt() {
    let mut person = Person::start(space(), &["sh"]);
    person.see(&format!("{BANNER}/ # \x1b[6n")).await;
    person.type_("sleep 300 &\r");
    person.see("sleep 300 &\r\n/ # \x1b[6n").await;
    person.type_("jobs\r");
    person
        .see("jobs\r\n[1]+  Running                    sleep 300\r\n/ # \x1b[6n")
        .await;
    person.type_("kill %1; wait\r");
    person.see("kill %1; wait\r\n/ # \x1b[6n").await;
}
