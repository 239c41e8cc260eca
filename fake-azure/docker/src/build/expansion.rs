//! Putting the values of variables into instructions.

use super::dockerfile::{Command, Files, Pair};
use super::variables::{Expander, InvalidWord, Variables};

/// Puts values in where an instruction takes them; commands are left to their shell.
pub(crate) fn expanded(
    command: &Command,
    expander: Expander,
    values: &Variables,
) -> Result<Command, InvalidWord> {
    let word = |text: &String| expander.expand(text, values);
    let words = |texts: &[String]| texts.iter().map(word).collect::<Result<Vec<_>, _>>();
    let pairs = |pairs: &[Pair]| {
        let each = pairs.iter();
        each.map(|(name, value)| Ok((word(name)?, word(value)?)))
            .collect::<Result<Vec<_>, _>>()
    };
    let files = |files: &Files| {
        Ok(Files {
            sources: words(&files.sources)?,
            destination: word(&files.destination)?,
            chown: word(&files.chown)?,
            chmod: word(&files.chmod)?,
            from: files.from.clone(),
        })
    };
    Ok(match command {
        Command::Add(add) => Command::Add(files(add)?),
        Command::Arg(named) => {
            let each = named.iter().map(|(name, default)| {
                let default = default.as_ref().map(word).transpose()?;
                Ok((word(name)?, default))
            });
            Command::Arg(each.collect::<Result<_, _>>()?)
        }
        Command::Copy(copy) => Command::Copy(files(copy)?),
        Command::Env(env) => Command::Env(pairs(env)?),
        // The one instruction in which a value may become several words.
        Command::Expose(ports) => {
            let mut all = Vec::new();
            for port in ports {
                all.extend(expander.split(port, values)?);
            }
            Command::Expose(all)
        }
        Command::Label(labels) => Command::Label(pairs(labels)?),
        Command::Stopsignal(signal) => Command::Stopsignal(word(signal)?),
        Command::User(user) => Command::User(word(user)?),
        Command::Volume(volumes) => Command::Volume(words(volumes)?),
        Command::Workdir(path) => Command::Workdir(word(path)?),
        Command::Cmd(_)
        | Command::Entrypoint(_)
        | Command::From(_)
        | Command::Healthcheck(_)
        | Command::Maintainer(_)
        | Command::Onbuild(_)
        | Command::Run(_)
        | Command::Shell(_) => command.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::dockerfile::read_instructions;

    fn expand(text: &str) -> Result<Command, InvalidWord> {
        let (instructions, escape) = read_instructions(text).unwrap();
        let values = Variables::from([
            ("a".to_owned(), "1".to_owned()),
            ("p".to_owned(), "80 443".to_owned()),
        ]);
        expanded(&instructions[0].command, Expander::new(escape), &values)
    }

    fn same(text: &str, plain: &str) {
        let (instructions, _) = read_instructions(plain).unwrap();
        assert_eq!(expand(text), Ok(instructions[0].command.clone()), "{text}");
    }

    #[test]
    fn instructions_take_values_and_commands_do_not() {
        same("ENV $a=$a b='$a'", "ENV 1=1 b=$a");
        same("LABEL \"x$a\"=$a", "LABEL x1=1");
        same("ARG x=$a y", "ARG x=1 y");
        same("COPY --chown=$a x$a /$a/", "COPY --chown=1 x1 /1/");
        same("COPY --from=$a x y", "COPY --from=$a x y");
        let ports = ["80", "443", "90"].map(str::to_owned);
        assert_eq!(expand("EXPOSE $p 90"), Ok(Command::Expose(ports.into())));
        same("STOPSIGNAL $a", "STOPSIGNAL 1");
        same("USER $a:$a", "USER 1:1");
        same("VOLUME /$a", "VOLUME /1");
        same("WORKDIR /$a", "WORKDIR /1");
        for text in [
            "RUN echo $a",
            "CMD $a",
            "ENTRYPOINT $a",
            "ONBUILD RUN $a",
            "SHELL [\"$a\"]",
        ] {
            same(text, text);
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        assert_eq!(
            expand("USER ${a").unwrap_err().to_string(),
            "failed to process \"${a\": unsupported modifier (\u{fffd}) in substitution"
        );
    }
}
