//! The commands that are the shell's own.

mod control;
mod declare;
mod directory;
mod folders;
mod getopts;
mod inquire;
mod job;
mod limits;
mod output;
mod read;
mod set;
mod shopt;
mod signals;
mod test;

use super::Shell;
use super::dialect::Dialect;
use super::interrupt::Interrupt;
use super::text;
use crate::files::Errno;

/// One of the shell's own commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Builtin {
    Alias,
    Background,
    Bracket,
    Break,
    Plainly,
    Caller,
    Cd,
    Colon,
    Command,
    Continue,
    Declare,
    Dirs,
    Dot,
    Echo,
    Eval,
    Exec,
    Exit,
    Export,
    False,
    Foreground,
    GetOpts,
    Hash,
    Help,
    History,
    Jobs,
    Kill,
    Let,
    Local,
    PopD,
    Printf,
    PushD,
    Pwd,
    MapFile,
    Read,
    ReadOnly,
    Return,
    Set,
    Shift,
    ShOpt,
    Test,
    Times,
    Trap,
    True,
    Type,
    ULimit,
    UMask,
    UnAlias,
    UnSet,
    Wait,
}

/// The shells that have a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum In {
    All,
    /// Ash and bash.
    Compatible,
    Bash,
}

/// The commands by name; whether an error of theirs ends a script.
const TABLE: [(&str, Builtin, bool, In); 56] = [
    (".", Builtin::Dot, true, In::All),
    (":", Builtin::Colon, true, In::All),
    ("[", Builtin::Bracket, false, In::All),
    ("alias", Builtin::Alias, false, In::All),
    ("bg", Builtin::Background, false, In::All),
    ("break", Builtin::Break, true, In::All),
    ("builtin", Builtin::Plainly, false, In::Bash),
    ("caller", Builtin::Caller, false, In::Bash),
    ("cd", Builtin::Cd, false, In::All),
    ("chdir", Builtin::Cd, false, In::All),
    ("command", Builtin::Command, false, In::All),
    ("continue", Builtin::Continue, true, In::All),
    ("declare", Builtin::Declare, false, In::Bash),
    ("dirs", Builtin::Dirs, false, In::Bash),
    ("echo", Builtin::Echo, false, In::All),
    ("eval", Builtin::Eval, true, In::All),
    ("exec", Builtin::Exec, true, In::All),
    ("exit", Builtin::Exit, true, In::All),
    ("export", Builtin::Export, true, In::All),
    ("false", Builtin::False, false, In::All),
    ("fg", Builtin::Foreground, false, In::All),
    ("getopts", Builtin::GetOpts, false, In::All),
    ("hash", Builtin::Hash, false, In::All),
    ("help", Builtin::Help, false, In::Compatible),
    ("history", Builtin::History, false, In::Compatible),
    ("jobs", Builtin::Jobs, false, In::All),
    ("kill", Builtin::Kill, false, In::All),
    ("let", Builtin::Let, false, In::Compatible),
    ("local", Builtin::Local, false, In::All),
    ("mapfile", Builtin::MapFile, false, In::Bash),
    ("popd", Builtin::PopD, false, In::Bash),
    ("printf", Builtin::Printf, false, In::All),
    ("pushd", Builtin::PushD, false, In::Bash),
    ("pwd", Builtin::Pwd, false, In::All),
    ("read", Builtin::Read, false, In::All),
    ("readarray", Builtin::MapFile, false, In::Bash),
    ("readonly", Builtin::ReadOnly, true, In::All),
    ("return", Builtin::Return, true, In::All),
    ("set", Builtin::Set, true, In::All),
    ("shift", Builtin::Shift, true, In::All),
    ("shopt", Builtin::ShOpt, false, In::Bash),
    ("source", Builtin::Dot, true, In::Compatible),
    ("test", Builtin::Test, false, In::All),
    ("times", Builtin::Times, true, In::All),
    ("trap", Builtin::Trap, true, In::All),
    ("true", Builtin::True, false, In::All),
    ("type", Builtin::Type, false, In::All),
    ("typeset", Builtin::Declare, false, In::Bash),
    ("ulimit", Builtin::ULimit, false, In::All),
    ("umask", Builtin::UMask, false, In::All),
    ("unalias", Builtin::UnAlias, false, In::All),
    ("unset", Builtin::UnSet, true, In::All),
    ("wait", Builtin::Wait, false, In::All),
    ("disown", Builtin::Colon, false, In::Bash),
    ("enable", Builtin::Colon, false, In::Bash),
    ("bind", Builtin::Colon, false, In::Bash),
];

impl Builtin {
    pub(super) fn of_name(name: &str, dialect: Dialect) -> Option<Self> {
        entry(name, dialect).map(|(_, builtin, ..)| *builtin)
    }
}

/// Whether errors of the command end a script, and no function may have its name.
pub(super) fn is_special(name: &str, dialect: Dialect) -> bool {
    dialect != Dialect::Bash
        && entry(name, dialect).is_some_and(|(_, _, is_special, _)| *is_special)
}

fn entry(name: &str, dialect: Dialect) -> Option<&'static (&'static str, Builtin, bool, In)> {
    TABLE.iter().find(|(known, _, _, shells)| {
        *known == name
            && match shells {
                In::All => true,
                In::Compatible => dialect.has_bash_compatibility(),
                In::Bash => dialect.is_bash(),
            }
    })
}

impl Shell {
    /// Runs one of the shell's own commands; returns its exit code.
    pub(super) async fn builtin(
        &mut self,
        builtin: Builtin,
        args: &[String],
    ) -> Result<u8, Interrupt> {
        let (name, args) = match args.split_first() {
            Some((name, args)) => (name.as_str(), args),
            None => return Ok(0),
        };
        match builtin {
            Builtin::Colon | Builtin::History | Builtin::True => Ok(0),
            Builtin::Caller => self.caller(args).await,
            Builtin::Dirs => self.dirs(args).await,
            Builtin::PopD => self.popd().await,
            Builtin::PushD => self.pushd(args).await,
            Builtin::ShOpt => self.shopt(args).await,
            Builtin::False => Ok(1),
            Builtin::Alias => self.alias(args).await,
            Builtin::Background | Builtin::Foreground => self.foreground(name, args).await,
            Builtin::Bracket => self.bracket(args).await,
            Builtin::Break => self.leave_loop(name, args, Interrupt::Break).await,
            Builtin::Continue => self.leave_loop(name, args, Interrupt::Continue).await,
            Builtin::Plainly | Builtin::Command => self.command(args).await,
            Builtin::Cd => self.cd(args).await,
            Builtin::Declare => self.declare(name, args).await,
            Builtin::Dot => self.dot(args).await,
            Builtin::Echo => self.echo(args).await,
            Builtin::Eval => self.eval(args).await,
            Builtin::Exec => self.exec(args).await,
            Builtin::Exit => self.exit(args).await,
            Builtin::Export => self.export(args).await,
            Builtin::GetOpts => self.getopts(args).await,
            Builtin::Hash => self.hash(args).await,
            Builtin::Help => self.help().await,
            Builtin::Jobs => self.list_jobs(args).await,
            Builtin::Kill => self.kill(args).await,
            Builtin::Let => self.let_(args).await,
            Builtin::Local => self.local(args).await,
            Builtin::Printf => self.printf(args).await,
            Builtin::Pwd => self.pwd(args).await,
            Builtin::MapFile => self.map_file(args).await,
            Builtin::Read => self.read(args).await,
            Builtin::ReadOnly => self.read_only_variables(args).await,
            Builtin::Return => self.return_(args).await,
            Builtin::Set => self.set(args).await,
            Builtin::Shift => self.shift(args).await,
            Builtin::Test => self.tool("test", args).await,
            Builtin::Times => self.times().await,
            Builtin::Trap => self.trap(args).await,
            Builtin::Type => self.type_(args).await,
            Builtin::ULimit => self.ulimit(args).await,
            Builtin::UMask => self.umask(args).await,
            Builtin::UnAlias => self.unalias(args).await,
            Builtin::UnSet => self.unset(args).await,
            Builtin::Wait => self.wait(args).await,
        }
    }

    /// Reads the argument of a command that takes a number.
    async fn number(&mut self, name: &str, text: &str) -> Result<usize, Interrupt> {
        match text.parse() {
            Ok(number) => Ok(number),
            Err(_) => Err(self.fail_as(name, &format!("Illegal number: {text}")).await),
        }
    }

    /// Complains of an option that a command does not have.
    async fn illegal_option(&mut self, name: &str, option: &str) -> Interrupt {
        let message = match self.state.dialect {
            Dialect::Bash => format!("-{option}: invalid option"),
            Dialect::Ash => format!("illegal option -{option}"),
            Dialect::Dash => format!("Illegal option -{option}"),
        };
        self.fail_as(name, &message).await
    }

    /// Writes to standard output; returns the exit code.
    async fn print(&mut self, bytes: impl AsRef<[u8]>) -> u8 {
        let Err(errno) = self.process.print(bytes).await else {
            return 0;
        };
        // Whoever writes into a pipe without a reader is ended by a signal, not by words.
        if errno != Errno::BrokenPipe {
            self.complain_of_writing(errno).await;
        }
        1
    }

    async fn complain_of_writing(&mut self, errno: Errno) {
        let name = &self.state.name;
        let command = self.state.speaker.clone().unwrap_or_default();
        let line = match self.state.dialect {
            Dialect::Ash => format!("{name}: write error: {errno}\n"),
            Dialect::Dash => {
                self.complain(&format!("{command}: I/O error")).await;
                return;
            }
            Dialect::Bash => format!("{name}: {command}: write error: {errno}\n"),
        };
        self.process.complain(text::encode(&line)).await;
    }
}

/// Takes options off the front of arguments: their letters, and what is left.
fn options(args: &[String]) -> (Vec<char>, &[String]) {
    let mut letters = Vec::new();
    let mut rest = args;
    while let Some((first, behind)) = rest.split_first() {
        match first.strip_prefix('-') {
            Some("-") => return (letters, behind),
            Some(given) if !given.is_empty() => letters.extend(given.chars()),
            _ => break,
        }
        rest = behind;
    }
    (letters, rest)
}
