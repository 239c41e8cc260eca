//! `runcmd` and `bootcmd`: a list of commands as a script of the shell.

use super::super::yaml::Yaml;

/// The script of a list: text stands as it is, the words of a list are quoted. `None` when something
/// in it is neither: then none of it is run.
pub(crate) fn script(commands: &Yaml) -> Option<String> {
    let mut script = "#!/bin/sh\n".to_owned();
    for command in commands.as_list()? {
        match command {
            Yaml::List(words) => {
                let quoted = words.iter().map(|word| quoted(&word.spelled()));
                script.push_str(&quoted.collect::<Vec<_>>().join(" "));
                script.push('\n');
            }
            Yaml::Text(line) => {
                script.push_str(line);
                script.push('\n');
            }
            Yaml::Null => {}
            _ => return None,
        }
    }
    Some(script)
}

fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}
