//! `sudo`: another program, as somebody else.

use std::sync::Arc;

use fake_docker::process::{Accounts, Process};

use super::super::host::Host;

pub(super) async fn sudo(mut process: Process, _: Arc<Host>) -> u8 {
    let mut args = process.args.iter().skip(1).cloned().peekable();
    let mut user = "root".to_owned();
    let mut wants_shell = false;
    while let Some(word) = args.next_if(|word| word.starts_with('-') || is_assignment(word)) {
        match word.as_str() {
            "--" => break,
            "-u" | "--user" => user = args.next().unwrap_or(user),
            "-g" | "--group" | "-p" | "--prompt" | "-C" | "-D" | "--chdir" | "-h" | "--host" => {
                args.next();
            }
            "-i" | "-s" | "--login" | "--shell" => wants_shell = true,
            other => {
                if let Some(name) = other.strip_prefix("--user=") {
                    name.clone_into(&mut user);
                } else if let Some((name, value)) =
                    other.split_once('=').filter(|_| is_assignment(other))
                {
                    process.env.push((name.to_owned(), value.to_owned()));
                }
            }
        }
    }
    let mut command: Vec<String> = args.collect();
    if wants_shell || command.is_empty() {
        let shell = "/bin/bash".to_owned();
        command = if command.is_empty() {
            vec![shell]
        } else {
            vec![shell, "-c".to_owned(), command.join(" ")]
        };
    }
    let accounts = Accounts::read(process.space.files());
    let Some(known) = accounts.user(&user) else {
        let text = format!("sudo: unknown user {user}\n");
        process.complain(text).await;
        return 1;
    };
    process.user = accounts.credentials(known);
    let name = command[0].clone();
    match process.exec(command) {
        Ok(rest) => rest.await,
        Err(refused) => {
            let (_, mut process) = *refused;
            process
                .complain(format!("sudo: {name}: command not found\n"))
                .await;
            1
        }
    }
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    })
}
