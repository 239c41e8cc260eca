//! Help in the old CLI's layout, out of the clap definitions.

use clap::{Arg, Command};
use serde_json::{Value, json};

/// The lines of help on the command that `path` leads to; without a path, on all.
pub fn lines(root: &Command, path: &[String]) -> Vec<String> {
    let command = find(root, path);
    if path.is_empty() {
        overview(root)
    } else if command.has_subcommands() {
        category(command, path)
    } else {
        leaf(root, command, path)
    }
}

/// The same for programs.
pub fn json(root: &Command, path: &[String]) -> Value {
    let command = find(root, path);
    let name = path.join(" ");
    if command.has_subcommands() {
        let mut commands = serde_json::Map::new();
        let mut categories = serde_json::Map::new();
        for sub in subcommands(command) {
            let mut path = path.to_vec();
            path.push(sub.get_name().to_owned());
            let target = if sub.has_subcommands() {
                &mut categories
            } else {
                &mut commands
            };
            target.insert(sub.get_name().to_owned(), json(root, &path));
        }
        json!({
            "name": name,
            "description": about(command),
            "commands": commands.into_iter().map(|(_, value)| value).collect::<Vec<_>>(),
            "categories": categories,
        })
    } else {
        json!({
            "name": name,
            "description": about(command),
            "options": options(root, command, path)
                .into_iter()
                .map(|(flags, description)| json!({"flags": flags, "description": description}))
                .collect::<Vec<_>>(),
            "usage": usage(command, path),
        })
    }
}

fn find<'a>(root: &'a Command, path: &[String]) -> &'a Command {
    let mut command = root;
    for word in path {
        command = command.find_subcommand(word).unwrap_or(command);
    }
    command
}

fn subcommands(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|sub| !sub.is_hide_set())
}

fn about(command: &Command) -> String {
    command
        .get_about()
        .map(ToString::to_string)
        .unwrap_or_default()
}

fn overview(root: &Command) -> Vec<String> {
    let mut lines = vec![
        "Display help for a given command".to_owned(),
        "  azure help [options] [command]".to_owned(),
        String::new(),
        "Commands:".to_owned(),
    ];
    let rows: Vec<(String, String)> = subcommands(root)
        .map(|command| (command.get_name().to_owned(), about(command)))
        .collect();
    lines.extend(columns(&rows));
    lines.push(String::new());
    lines.push("Options:".to_owned());
    lines.extend(columns(&[
        (
            "-h, --help".to_owned(),
            "output usage information".to_owned(),
        ),
        (
            "-v, --version".to_owned(),
            "output the application version".to_owned(),
        ),
    ]));
    lines
}

fn category(command: &Command, path: &[String]) -> Vec<String> {
    let mut lines = vec![about(command), String::new()];
    for sub in subcommands(command).filter(|sub| !sub.has_subcommands()) {
        lines.push(about(sub));
        lines.push(format!("  {}", usage_of_child(sub, path)));
        lines.push(String::new());
    }
    nested(command, path, &mut lines);
    lines.push("Options:".to_owned());
    lines.push("  -h, --help  output usage information".to_owned());
    lines
}

fn nested(command: &Command, path: &[String], lines: &mut Vec<String>) {
    for sub in subcommands(command).filter(|sub| sub.has_subcommands()) {
        let mut path = path.to_vec();
        path.push(sub.get_name().to_owned());
        lines.push(about(sub));
        for leaf in subcommands(sub).filter(|leaf| !leaf.has_subcommands()) {
            lines.push(format!("  {}", usage_of_child(leaf, &path)));
        }
        lines.push(String::new());
        nested(sub, &path, lines);
    }
}

fn leaf(root: &Command, command: &Command, path: &[String]) -> Vec<String> {
    let mut lines = vec![
        about(command),
        String::new(),
        format!("Usage: {}", usage(command, path)),
        String::new(),
        "Options:".to_owned(),
    ];
    lines.extend(columns(&options(root, command, path)));
    lines
}

fn usage_of_child(command: &Command, path: &[String]) -> String {
    let mut path = path.to_vec();
    path.push(command.get_name().to_owned());
    usage(command, &path)
}

/// For instance `azure vm show [options] <name>`.
fn usage(command: &Command, path: &[String]) -> String {
    let mut usage = format!("azure {} [options]", path.join(" "));
    let shown = command.get_positionals().filter(|arg| !arg.is_hide_set());
    for positional in shown {
        let name = value_name(positional);
        let (open, close) = if positional.is_required_set() {
            (" <", ">")
        } else {
            (" [", "]")
        };
        let takes_several = positional
            .get_num_args()
            .is_some_and(|count| count.max_values() > 1);
        usage.extend([open, &name, if takes_several { "..." } else { "" }, close]);
    }
    usage
}

/// What an option does, and what it is without being said.
fn described(option: &Arg) -> String {
    let help = option.get_help().map(ToString::to_string);
    let defaults = option.get_default_values().iter();
    let defaults: Vec<_> = defaults.map(|value| value.to_string_lossy()).collect();
    let is_flag = !option.get_action().takes_values();
    let mut text = help.unwrap_or_default();
    if !is_flag && !defaults.is_empty() {
        text.extend([" (default: ", &defaults.join(", "), ")"]);
    }
    text
}

/// The options of a command; those of every command do nothing for the simulator's.
fn options(root: &Command, command: &Command, path: &[String]) -> Vec<(String, String)> {
    let is_simulators = path.first().is_some_and(|noun| noun == "fake");
    let common = |id: &str| root.get_arguments().find(|arg| arg.get_id() == id);
    let mut rows = vec![(
        "-h, --help".to_owned(),
        "output usage information".to_owned(),
    )];
    let mut push = |arg: &Arg| {
        rows.push((option_words(arg), described(arg)));
    };
    let frame = |ids: &[&'static str]| -> Vec<&Arg> {
        let ids = ids.iter().filter(|_| !is_simulators);
        ids.filter_map(|id| common(id)).collect()
    };
    for arg in frame(&["verbose", "json"]) {
        push(arg);
    }
    for arg in command.get_arguments() {
        if !arg.is_positional() && !arg.is_global_set() && !arg.is_hide_set() {
            push(arg);
        }
    }
    for arg in frame(&["subscription", "ca", "strict"]) {
        push(arg);
    }
    rows
}

/// For instance `-e, --ssh [port]`.
pub(super) fn option_words(option: &Arg) -> String {
    let mut words = match (option.get_short(), option.get_long()) {
        (Some(short), Some(long)) => format!("-{short}, --{long}"),
        (Some(short), None) => format!("-{short}"),
        (None, long) => format!("--{}", long.unwrap_or_default()),
    };
    if option.get_action().takes_values() {
        let name = value_name(option);
        let (open, close) = if value_is_optional(option) {
            (" [", "]")
        } else {
            (" <", ">")
        };
        words.extend([open, &name, close]);
    }
    words
}

/// May the option stand without its value?
pub(super) fn value_is_optional(option: &Arg) -> bool {
    option
        .get_num_args()
        .is_some_and(|range| range.min_values() == 0)
}

/// The name of an argument's or option's value.
pub(super) fn value_name(arg: &Arg) -> String {
    arg.get_value_names()
        .and_then(|names| names.first())
        .map_or_else(|| arg.get_id().as_str().to_owned(), ToString::to_string)
}

fn columns(rows: &[(String, String)]) -> Vec<String> {
    let width = rows
        .iter()
        .map(|(left, _)| left.chars().count())
        .max()
        .unwrap_or(0);
    rows.iter()
        .map(|(left, right)| format!("  {left:width$}  {right}").trim_end().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::Line;

    fn help(path: &str) -> String {
        let mut root = Line::command();
        root.build();
        let path: Vec<String> = path.split_whitespace().map(str::to_owned).collect();
        lines(&root, &path).join("\n")
    }

    #[test]
    fn a_command_shows_its_usage_and_options() {
        insta::assert_snapshot!(help("vm delete"), @r"
        Delete the VM

        Usage: azure vm delete [options] <name>

        Options:
          -h, --help               output usage information
          -v, --verbose            use verbose output
          --json                   use json output
          -d, --dns-name <name>    only show VMs for this DNS name
          -b, --blob-delete        Remove image and disk blobs
          -q, --quiet              quiet mode, do not ask for delete confirmation
          -s, --subscription <id>  the subscription id
          --ca <file>              trust this authority (PEM) at the management endpoint, too
          --strict                 fail where nothing is found or done, and where a question is not answered
        ");
    }

    #[test]
    fn a_category_shows_what_lies_below_it() {
        let help = help("vm");

        assert!(help.contains(
            "Commands to manage your Docker Virtual Machine\n  azure vm docker create [options] <dns-name> <image> <user-name> [password]\n"
        ));
        assert!(help.starts_with("Commands to manage your Virtual Machines\n\nCreate a VM\n"));
    }
}
