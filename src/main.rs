//! The `azure` command: reads the line, runs the command, tells how it ended.

use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use azure::cli::commander::{self, Wish};
use azure::cli::fake::{FakeCommand, FakeDockerCommand};
use azure::cli::vm::{DockerCommand, VmCommand, docker_of_0_10};
use azure::cli::{Line, Noun, help};
use azure::clock::{Hurried, SystemClock};
use azure::commands::fake_background::Background;
use azure::commands::fake_run::environment::Inherited;
use azure::commands::{self, Context, Outcome, fake_orphans, fake_run, fake_serve};
use azure::failure::Failure;
use azure::sandbox::{entry, guard, without_core_dumps};
use azure::settings::Environment;
use azure::settings::mode::Mode;
use azure::settings::profile::{Profile, ProfileError};
use azure::terminal::{Colours, Manner, Streams, Terminal};
use clap::error::ErrorKind;
use clap::{CommandFactory as _, FromArgMatches as _};
use fake_azure::serve::Options;
use fake_azure::{Upstream, docker_serve};

/// The old CLI's banner, in which the version stands.
const BANNER: &str = r"         _    _____   _ ___ ___
        /_\  |_  / | | | _ \ __|
  _ ___/ _ \__/ /| |_| |   / _|___ _ _
(___  /_/ \_\/___|\___/|_|_\___| _____)
   (_______ _ _)         _ ______ _)_ _
          (______________ _ )   (___ _ _)

Docker hosts in classic Azure

Tool version ";

#[expect(
    clippy::disallowed_methods,
    reason = "main reads what was typed, and where"
)]
fn main() -> ExitCode {
    // First of all: entering a namespace is for a process with a single thread.
    if let Some(code) = entry::enter(std::env::args_os()) {
        return code;
    }
    if let Some(code) = guard::enter(std::env::args_os()) {
        return code;
    }
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    let environment = Environment::read(variable, std::env::current_dir().unwrap_or_default());
    let mut root = Line::command();
    if is_for_arm(&words, &environment) {
        root = commander::with_words_of_arm(root);
    }
    root.build();
    let wish = match commander::read(&root, &words) {
        Ok(wish) => wish,
        Err(complaint) => {
            let json = words.iter().any(|word| word == "--json");
            let hint = docker_of_0_10::hint(&words, &complaint)
                .or_else(|| commander::hint(&root, &words, &complaint));
            let terminal = terminal(&environment, json, 0);
            complain(&terminal, &complaint.to_string(), hint.as_deref());
            return ExitCode::FAILURE;
        }
    };
    match wish {
        Wish::Version => {
            terminal(&environment, false, 0).plain(env!("CARGO_PKG_VERSION"));
            ExitCode::SUCCESS
        }
        Wish::Help {
            path,
            by_command,
            json,
        } => {
            let terminal = terminal(&environment, json, 0);
            if json {
                terminal.json(&help::json(&root, &path));
            } else {
                show_help(&terminal, &root, &path, by_command);
            }
            ExitCode::SUCCESS
        }
        Wish::Run { path, line } => {
            let typed = root
                .try_get_matches_from_mut(line)
                .and_then(|matches| Ok((Line::from_arg_matches(&matches)?, matches)));
            match typed {
                Ok((line, matches)) => run(line, &matches, &path, environment),
                Err(error) if error.kind() == ErrorKind::DisplayHelp => {
                    show_help(&terminal(&environment, false, 0), &root, &path, false);
                    ExitCode::SUCCESS
                }
                Err(error) => {
                    let (complaint, hint) = commander::told(&error);
                    let terminal = terminal(&environment, false, 0);
                    complain(&terminal, &complaint, hint.as_deref());
                    ExitCode::FAILURE
                }
            }
        }
    }
}

/// Are the words about machines of Resource Manager, which are called by their group, too?
fn is_for_arm(words: &[OsString], environment: &Environment) -> bool {
    let are_about_machines = words.iter().any(|word| word == "vm");
    are_about_machines
        && Profile::read(environment.profile_folder().as_deref())
            .is_ok_and(|profile| profile.mode(None) == Mode::Arm)
}

fn run(
    line: Line,
    matches: &clap::ArgMatches,
    path: &[String],
    environment: Environment,
) -> ExitCode {
    let Ok(runtime) = tokio::runtime::Runtime::new() else {
        say("error: the system gives no threads");
        return ExitCode::FAILURE;
    };
    let noun = match line.noun {
        Noun::Fake(command) => {
            let is_json = line.common.json && matches!(command, FakeCommand::Orphans(_));
            let terminal = terminal(&environment, is_json, 0);
            return run_fake(command, &runtime, &environment, &terminal);
        }
        noun => noun,
    };
    // From here on there are keys and passwords in memory.
    without_core_dumps();
    // A shell obeys what is printed: all that is said besides goes to standard error, or unsaid.
    let is_obeyed =
        matches!(&noun, Noun::Vm(VmCommand::Docker(DockerCommand::Env(args))) if !args.context);
    let terminal = Arc::new(terminal(
        &environment,
        line.common.json || is_obeyed,
        if is_obeyed { 0 } else { line.common.verbose },
    ));
    let is_strict = line.common.strict || environment.is_strict();
    let context = Context {
        clock: Arc::new(Hurried::new(SystemClock, environment.haste())),
        drawn,
        environment,
        common: line.common,
        terminal: Arc::clone(&terminal),
        agreed: Arc::default(),
    };
    let name = path.join(" ");
    // 0.8 ran `config` without a word around it.
    let is_quiet =
        is_obeyed || matches!(noun, Noun::Config(_) | Noun::Completion(_) | Noun::Man(_));
    if !is_quiet {
        terminal.info(&format!("Executing command {name}"));
    }
    match runtime.block_on(run_until_free(noun, matches, path, &context)) {
        Ok(Outcome::Answer(answer)) => {
            terminal.answer(&answer);
            if is_strict && answer.is_in_vain() {
                return in_vain(&terminal, "nothing was found or done", &name);
            }
            if !is_quiet {
                terminal.info(&format!("{name} command OK"));
            }
            all_said(&terminal, &name)
        }
        Ok(Outcome::Quiet) => all_said(&terminal, &name),
        Ok(Outcome::Unanswered) => {
            let words = "nothing was removed: the question got no answer";
            let failure = Failure::new(words).with_hint("-q removes without a question");
            report(&terminal, &failure, &name);
            ExitCode::FAILURE
        }
        Err(failure) => {
            report(&terminal, &failure, &name);
            ExitCode::from(failure.code())
        }
    }
}

/// Ends a command that came to nothing, which is a failure on wish.
fn in_vain(terminal: &Terminal, words: &str, name: &str) -> ExitCode {
    let failure = Failure::new(words)
        .with_hint("without --strict and AZURE_STRICT the command ends with 0 here");
    report(terminal, &failure, name);
    ExitCode::FAILURE
}

/// Runs the command, and anew where another operation held what it had read.
async fn run_until_free(
    noun: Noun,
    matches: &clap::ArgMatches,
    path: &[String],
    context: &Context,
) -> commands::CommandResult {
    let begin = context.clock.now();
    let mut ended = commands::run(noun, path, context).await;
    let mut times = 0;
    while let Err(failure) = &ended {
        if !context.waits(failure, begin, times).await {
            break;
        }
        let Ok(line) = Line::from_arg_matches(matches) else {
            break;
        };
        times += 1;
        ended = commands::run(line.noun, path, context).await;
    }
    ended
}

/// Success, unless standard output did not take what was to be said.
fn all_said(terminal: &Terminal, name: &str) -> ExitCode {
    let Some(error) = terminal.take_unsaid() else {
        return ExitCode::SUCCESS;
    };
    let failure = Failure::new("standard output does not take the answer");
    report(terminal, &failure.with_cause(error.to_string()), name);
    ExitCode::FAILURE
}

fn report(terminal: &Terminal, failure: &Failure, name: &str) {
    if let Some(document) = failure.document() {
        terminal.document(&document);
    }
    for (level, text) in failure.lines() {
        if level.is_empty() {
            terminal.complain(text);
        } else {
            terminal.error(level, text);
        }
    }
    terminal.error("error:", &format!("{name} command failed"));
    terminal.complain("");
}

fn complain(terminal: &Terminal, complaint: &str, hint: Option<&str>) {
    terminal.error("error:", complaint);
    if let Some(hint) = hint {
        terminal.error("hint:", hint);
    }
}

fn show_help(terminal: &Terminal, root: &clap::Command, path: &[String], by_command: bool) {
    if by_command {
        terminal.info("Executing command help");
    }
    if path.is_empty() {
        for line in BANNER.lines() {
            let is_last = line.ends_with("version ");
            let version = if is_last {
                env!("CARGO_PKG_VERSION")
            } else {
                ""
            };
            terminal.info(format!("{line}{version}").as_str());
        }
        terminal.help("");
    }
    for line in help::lines(root, path) {
        terminal.help(&line);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "main hands the standard input in"
)]
fn terminal(environment: &Environment, json: bool, verbosity: u8) -> Terminal {
    let out = io::stdout();
    let turns = out.is_terminal() && verbosity == 0 && !environment.is_terminal_dumb();
    let is_coloured = !environment.is_terminal_dumb() && !environment.is_colour_refused() && !json;
    let colours = Colours {
        out: out.is_terminal() && is_coloured,
        err: io::stderr().is_terminal() && is_coloured,
    };
    Terminal::new(
        Streams {
            out: Box::new(out),
            err: Box::new(io::stderr()),
            input: Box::new(io::BufReader::new(io::stdin())),
            is_input_terminal: io::stdin().is_terminal(),
        },
        Manner {
            json,
            verbosity,
            colours,
            turns,
        },
    )
}

fn run_fake(
    command: FakeCommand,
    runtime: &tokio::runtime::Runtime,
    environment: &Environment,
    terminal: &Terminal,
) -> ExitCode {
    match command {
        FakeCommand::Run(args) => {
            let warn = |text: &str| say(text);
            match runtime.block_on(fake_run::run(args, &inherited(), warn)) {
                Ok(code) => ExitCode::from(code),
                Err(error) => {
                    tell(terminal, &error);
                    if let Some(hint) = error.hint() {
                        terminal.error("hint:", hint);
                    }
                    ExitCode::from(error.code())
                }
            }
        }
        FakeCommand::Serve(options) => {
            let options = Options {
                upstream: upstream(),
                ..options
            };
            let announce = |text: &str| print(text);
            log();
            status(
                terminal,
                runtime.block_on(fake_serve::run(
                    &options,
                    |text| terminal.warn(text),
                    announce,
                )),
            )
        }
        FakeCommand::Start(args) => in_background(environment, terminal, |all| {
            let lines = runtime.block_on(all.start(&args))?;
            Ok((lines, true))
        }),
        FakeCommand::Status(args) => in_background(environment, terminal, |all| all.status(&args)),
        FakeCommand::Stop(args) => in_background(environment, terminal, |all| {
            let line = runtime.block_on(all.stop(&args))?;
            Ok((vec![line], true))
        }),
        FakeCommand::Orphans(args) => {
            match runtime.block_on(fake_orphans::orphans(&args, environment)) {
                Ok((answer, is_clean)) => {
                    terminal.answer(&answer);
                    ExitCode::from(u8::from(!is_clean))
                }
                Err(failure) => {
                    for (level, text) in failure.lines() {
                        terminal.error(level, text);
                    }
                    ExitCode::FAILURE
                }
            }
        }
        FakeCommand::Docker(FakeDockerCommand::Serve(options)) => {
            let announce = |ready: &docker_serve::Ready| print(&ready.to_string());
            log();
            status(
                terminal,
                runtime.block_on(docker_serve::serve(&options, announce)),
            )
        }
    }
}

/// Prints what is to be said of simulators in the background, and tells whether all is well.
fn in_background(
    environment: &Environment,
    terminal: &Terminal,
    deed: impl FnOnce(&Background) -> Result<(Vec<String>, bool), Failure>,
) -> ExitCode {
    let told = environment
        .profile_folder()
        .ok_or_else(|| Failure::of(&ProfileError::NoFolder))
        .and_then(|folder| deed(&Background::of(&folder)));
    match told {
        Ok((lines, is_well)) => {
            for line in lines {
                terminal.plain(&line);
            }
            ExitCode::from(u8::from(!is_well))
        }
        Err(failure) => {
            for (level, text) in failure.lines() {
                terminal.error(level, text);
            }
            ExitCode::FAILURE
        }
    }
}

fn status<E: std::error::Error>(terminal: &Terminal, ended: Result<(), E>) -> ExitCode {
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tell(terminal, &error);
            ExitCode::FAILURE
        }
    }
}

fn print(text: &str) {
    // A closed pipe is no reason not to serve.
    _ = writeln!(io::stdout(), "{text}").ok();
}

fn tell(terminal: &Terminal, error: &dyn std::error::Error) {
    for (level, text) in Failure::of(error).lines() {
        terminal.error(level, text);
    }
}

/// A simulator that is served tells on standard error what goes wrong.
fn log() {
    let asked = variable("RUST_LOG");
    fake_azure::log::to_standard_error(asked.as_deref().and_then(OsStr::to_str));
}

fn say(text: &str) {
    // Nobody is left to tell of a closed standard error.
    _ = writeln!(io::stderr(), "{text}").ok();
}

#[expect(clippy::disallowed_methods, reason = "main is where chance comes from")]
fn drawn() -> u64 {
    rand::random()
}

#[expect(clippy::disallowed_methods, reason = "main reads the environment")]
fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

fn inherited() -> Inherited {
    Inherited {
        path: variable("PATH"),
        no_proxy: variable("NO_PROXY").or_else(|| variable("no_proxy")),
        proxied: [
            "HTTP_PROXY",
            "http_proxy",
            "HTTPS_PROXY",
            "https_proxy",
            "ALL_PROXY",
            "all_proxy",
        ]
        .iter()
        .any(|name| variable(name).is_some_and(|value| !value.is_empty())),
        authorities: variable("NODE_EXTRA_CA_CERTS").filter(|value| !value.is_empty()),
        node_options: variable("NODE_OPTIONS"),
        ca_bundle: ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"]
            .iter()
            .find_map(|name| variable(name).filter(|value| !value.is_empty())),
        upstream: upstream(),
    }
}

/// The proxies that are set.
fn upstream() -> Upstream {
    Upstream::of_variables(|name| variable(name)?.into_string().ok())
}
