//! `gosu` and `su-exec`: a command as another user.

use crate::files::Capability;
use crate::process::Process;
use crate::process::script::account;

pub(super) async fn run(mut process: Process) -> u8 {
    let name = process.args.first().cloned().unwrap_or_default();
    if process.args.get(1).is_some_and(|word| word == "--version") {
        return u8::from(
            process
                .print("1.18 (go1.24.6 on linux/amd64; gc)\n")
                .await
                .is_err(),
        );
    }
    let (Some(who), Some(command)) = (process.args.get(1), process.args.get(2..)) else {
        process
            .complain(format!("Usage: {name} user-spec command [args]\n"))
            .await;
        return 1;
    };
    if command.is_empty() {
        process
            .complain(format!("Usage: {name} user-spec command [args]\n"))
            .await;
        return 1;
    }
    let Some(user) = account::user(process.space.files(), who) else {
        process.complain(format!("error: failed switching to \"{who}\": unable to find user {who}: no matching entries in passwd file\n")).await;
        return 1;
    };
    if !process.user.can(Capability::SetUser) && user.uid != process.user.uid {
        process
            .complain(format!(
                "error: failed switching to \"{who}\": operation not permitted\n"
            ))
            .await;
        return 1;
    }
    let command = command.to_vec();
    process.become_user(user);
    match process.exec(command) {
        Ok(rest) => rest.await,
        Err(refused) => {
            let (error, mut process) = *refused;
            process.complain(format!("error: {error}\n")).await;
            127
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::process::script::bench::{Bench, NoPrograms};
    use crate::process::script::services::Services;
    use crate::process::script::{Assumed, Script, Scripts};

    #[tokio::test]
    async fn a_command_runs_as_another_user() {
        let script = Script::image("*").program_fn("whoami", |mut process| async move {
            process.print(format!("{}", process.user.uid)).await.ok();
            0
        });
        let services = Arc::new(Services::before(Arc::new(NoPrograms)));
        let scripts = Scripts::new().with(script).unwrap();
        let bench = Bench::new(scripts.programs(["x"], services, Assumed::unheard()));
        bench.program("/bin/gosu", "gosu");
        bench.write("/etc/passwd", b"redis:x:999:1000::/:/bin/sh\n", 0o644);
        assert_eq!(bench.run("gosu redis whoami").await.1, "999");
        assert_eq!(bench.run("gosu 5:6 whoami").await.1, "5");
        let (code, _, err) = bench.run("gosu nobody whoami").await;
        assert!(
            code == 1 && err.contains("unable to find user nobody"),
            "{err}"
        );
        assert_eq!(bench.run("gosu redis nothing").await.0, 127);
        assert_eq!(bench.run("gosu redis").await.0, 1);
    }
}
