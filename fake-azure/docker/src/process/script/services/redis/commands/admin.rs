//! The server about itself.

use super::scan::Pattern;
use super::{COMMANDS as ALL, Call, Command, Outcome, error, reads, writes};
use crate::process::script::services::redis::protocol::Reply;

pub(super) static COMMANDS: [Command; 27] = [
    reads("acl", -2, |call| match call.option(0).as_str() {
        "WHOAMI" => Ok(Reply::bulk("default")),
        "LIST" => Ok(Reply::Array(vec![Reply::bulk(
            "user default on nopass sanitize-payload ~* &* +@all",
        )])),
        "USERS" => Ok(Reply::Array(vec![Reply::bulk("default")])),
        _ => not_simulated("ACL"),
    }),
    reads("bgrewriteaof", 1, |_| {
        Ok(Reply::Simple(
            "Background append only file rewriting started",
        ))
    }),
    reads("bgsave", -1, |call| {
        call.state.save_wanted = true;
        Ok(Reply::Simple("Background saving started"))
    }),
    reads("cluster", -2, |_| {
        Err(error("ERR This instance has cluster support disabled"))
    }),
    reads("command", -1, command),
    reads("config", -2, config),
    reads("debug", -2, |call| match call.option(0).as_str() {
        "JMAP" | "SET-ACTIVE-EXPIRE" | "QUICKLIST-PACKED-THRESHOLD" => Ok(Reply::OK),
        _ => not_simulated("DEBUG"),
    }),
    reads("eval", -3, |_| not_simulated("EVAL")),
    reads("evalsha", -3, |_| {
        Err(error("NOSCRIPT No matching script. Please use EVAL."))
    }),
    reads("fcall", -3, |_| not_simulated("FCALL")),
    reads("function", -2, |call| match call.option(0).as_str() {
        "FLUSH" => Ok(Reply::OK),
        "LIST" => Ok(Reply::Array(Vec::new())),
        _ => not_simulated("FUNCTION"),
    }),
    reads("info", -1, info),
    reads("lastsave", 1, |call| {
        Ok(Reply::Integer(call.state.last_save / 1000))
    }),
    reads("latency", -2, |_| Ok(Reply::Array(Vec::new()))),
    reads("lolwut", -1, |call| {
        Ok(Reply::Verbatim(format!(
            "Redis ver. {}\n",
            call.state.settings.version
        )))
    }),
    reads("memory", -2, |call| match call.option(0).as_str() {
        "USAGE" => {
            let key = call.args.get(1).cloned().unwrap_or_default();
            let there = call.database().get(&key).is_some();
            Ok(if there {
                Reply::count(56 + key.len())
            } else {
                Reply::Null
            })
        }
        "DOCTOR" => Ok(Reply::Verbatim("This instance is simulated.\n".to_owned())),
        _ => Ok(Reply::OK),
    }),
    reads("module", -2, |_| Ok(Reply::Array(Vec::new()))),
    reads("monitor", 1, |_| not_simulated("MONITOR")),
    reads("replicaof", 3, |_| not_simulated("REPLICAOF")),
    reads("role", 1, |_| {
        let replicas = Reply::Array(Vec::new());
        Ok(Reply::Array(vec![
            Reply::bulk("master"),
            Reply::Integer(0),
            replicas,
        ]))
    }),
    reads("save", 1, |call| {
        call.state.save_wanted = true;
        Ok(Reply::OK)
    }),
    reads("script", -2, |call| match call.option(0).as_str() {
        "FLUSH" => Ok(Reply::OK),
        "EXISTS" => Ok(Reply::Array(vec![Reply::Integer(0); call.args.len() - 1])),
        _ => not_simulated("SCRIPT"),
    }),
    writes("shutdown", -1, |call| {
        call.state.ending = true;
        call.state.save_wanted |= call.option(0) != "NOSAVE";
        call.session.leaving = true;
        Ok(Reply::Silence)
    }),
    reads("slaveof", 3, |_| not_simulated("SLAVEOF")),
    reads("slowlog", -2, |call| match call.option(0).as_str() {
        "LEN" => Ok(Reply::Integer(0)),
        "RESET" => Ok(Reply::OK),
        _ => Ok(Reply::Array(Vec::new())),
    }),
    reads("time", 1, |call| {
        let (seconds, rest) = (call.now.div_euclid(1000), call.now.rem_euclid(1000));
        let micros = (rest * 1000).to_string();
        Ok(Reply::Array(vec![
            Reply::bulk(seconds.to_string()),
            Reply::bulk(micros),
        ]))
    }),
    reads("wait", 3, |_| Ok(Reply::Integer(0))),
];

fn not_simulated(name: &str) -> Outcome {
    Err(error(format!("ERR {name} is not simulated here")))
}

fn command(call: &mut Call<'_>) -> Outcome {
    let describe = |command: &Command| {
        let flag = if command.writes { "write" } else { "readonly" };
        Reply::Array(vec![
            Reply::bulk(command.name),
            Reply::Integer(i64::from(command.arity)),
            Reply::Set(vec![Reply::Simple(flag)]),
            Reply::Integer(1),
            Reply::Integer(1),
            Reply::Integer(1),
        ])
    };
    Ok(match call.option(0).as_str() {
        "" => Reply::Array(ALL.values().map(describe).collect()),
        "COUNT" => Reply::count(ALL.len()),
        "DOCS" => Reply::Map(Vec::new()),
        "LIST" => Reply::Array(ALL.keys().map(|name| Reply::bulk(*name)).collect()),
        "INFO" => {
            let names = call.args[1..].iter();
            let found = |name: &Vec<u8>| {
                let name = String::from_utf8_lossy(name).to_ascii_lowercase();
                ALL.get(name.as_str()).map_or(Reply::NullArray, describe)
            };
            Reply::Array(names.map(found).collect())
        }
        _ => return not_simulated("COMMAND with this subcommand"),
    })
}

fn config(call: &mut Call<'_>) -> Outcome {
    match (call.option(0).as_str(), &call.args[1..]) {
        ("GET", patterns) if !patterns.is_empty() => {
            let patterns: Vec<Pattern> = patterns.iter().map(|p| Pattern::new(p)).collect();
            let wanted = |name: &str| patterns.iter().any(|p| p.matches(name.as_bytes()));
            let all = call.state.settings.all();
            let pairs = all.iter().filter(|(name, _)| wanted(name));
            Ok(Reply::Map(
                pairs
                    .flat_map(|(name, value)| [Reply::bulk(*name), Reply::bulk(*value)])
                    .collect(),
            ))
        }
        ("SET", pairs) if !pairs.is_empty() && pairs.len() % 2 == 0 => {
            for [name, value] in pairs.as_chunks::<2>().0 {
                let name = String::from_utf8_lossy(name).to_ascii_lowercase();
                let value = String::from_utf8_lossy(value).into_owned();
                if !call.state.settings.set(&name, value) {
                    return Err(error(format!(
                        "ERR Unknown option or number of arguments for CONFIG SET - '{name}'"
                    )));
                }
            }
            Ok(Reply::OK)
        }
        ("RESETSTAT", []) => Ok(Reply::OK),
        ("REWRITE", []) => Err(error("ERR The server is running without a config file")),
        _ => Err(error(
            "ERR unknown subcommand or wrong number of arguments. Try CONFIG HELP.",
        )),
    }
}

fn info(call: &mut Call<'_>) -> Outcome {
    let wanted: Vec<String> = (0..call.args.len())
        .map(|at| call.text(at).to_lowercase())
        .collect();
    let all = wanted.is_empty()
        || wanted
            .iter()
            .any(|w| w == "all" || w == "everything" || w == "default");
    let now = call.now;
    let sections = call.state.sections(now);
    let mut text = String::new();
    for (name, lines) in sections {
        if all || wanted.iter().any(|w| *w == name.to_lowercase()) {
            if !text.is_empty() {
                text.push_str("\r\n");
            }
            text.extend([format!("# {name}\r\n"), lines]);
        }
    }
    Ok(Reply::Verbatim(text))
}
