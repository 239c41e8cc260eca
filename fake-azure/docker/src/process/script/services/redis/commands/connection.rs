//! What concerns one client: its name, its database, transactions, channels.

use super::keys::number;
use super::scan::Pattern;
use super::{Call, Command, Outcome, error, reads, syntax, writes};
use crate::process::script::services::redis::protocol::Reply;
use crate::process::script::services::redis::session::{Queue, Watched};

/// The most channels that a client listens to.
const MOST_CHANNELS: usize = 1024;

pub(super) static COMMANDS: [Command; 19] = [
    reads("auth", -2, auth),
    reads("client", -2, client),
    reads("discard", 1, |call| {
        if call.session.queue.is_none() {
            return Err(error("ERR DISCARD without MULTI"));
        }
        call.session.forget_transaction();
        Ok(Reply::OK)
    }),
    reads("echo", 2, |call| Ok(Reply::bulk(call.args[0].clone()))),
    reads("hello", -1, hello),
    reads("multi", 1, |call| {
        if call.session.queue.is_some() {
            return Err(error("ERR MULTI calls can not be nested"));
        }
        call.session.queue = Some(Queue::default());
        Ok(Reply::OK)
    }),
    reads("ping", -1, ping),
    reads("psubscribe", -2, |call| subscribe(call, true)),
    reads("publish", 3, |call| {
        let (channel, message) = (&call.args[0], &call.args[1]);
        Ok(Reply::count(call.state.publish(channel, message)))
    }),
    reads("pubsub", -2, pubsub),
    reads("punsubscribe", -1, |call| unsubscribe(call, true)),
    reads("quit", -1, |call| {
        call.session.leaving = true;
        Ok(Reply::OK)
    }),
    reads("reset", 1, |call| {
        call.state.forget_channels(call.session.id);
        call.session.reset(call.state.settings.password().is_none());
        Ok(Reply::Simple("RESET"))
    }),
    reads("select", 2, |call| {
        call.session.database = number(call, 0)?;
        Ok(Reply::OK)
    }),
    reads("subscribe", -2, |call| subscribe(call, false)),
    reads("unsubscribe", -1, |call| unsubscribe(call, false)),
    reads("unwatch", 1, |call| {
        call.session.watched.clear();
        Ok(Reply::OK)
    }),
    reads("watch", -2, watch),
    // `EXEC` is the session's own: it runs other commands.
    writes("exec", 1, |_| Err(error("ERR EXEC without MULTI"))),
];

fn ping(call: &mut Call<'_>) -> Outcome {
    let listens = call.state.channels(call.session.id) > 0;
    Ok(match (call.args, listens && !call.session.third) {
        ([], false) => Reply::Simple("PONG"),
        ([word], false) => Reply::bulk(word.clone()),
        (words @ ([] | [_]), true) => {
            let word = words.first().cloned().unwrap_or_default();
            Reply::Array(vec![Reply::bulk("pong"), Reply::Bulk(word)])
        }
        _ => return Err(error("ERR wrong number of arguments for 'ping' command")),
    })
}

fn check_password(call: &mut Call<'_>, user: &[u8], password: &[u8]) -> Outcome {
    let right = match call.state.settings.password() {
        Some(known) => known.as_bytes() == password,
        // Without a password, the default user comes in with any.
        None => true,
    };
    if user != b"default" || !right {
        return Err(error(
            "WRONGPASS invalid username-password pair or user is disabled.",
        ));
    }
    call.session.authenticated = true;
    Ok(Reply::OK)
}

fn auth(call: &mut Call<'_>) -> Outcome {
    match call.args {
        [_] if call.state.settings.password().is_none() => Err(error(
            "ERR AUTH <password> called without any password configured for the default user. \
             Are you sure your configuration is correct?",
        )),
        [password] => check_password(call, b"default", password),
        [user, password] => check_password(call, user, password),
        _ => Err(syntax()),
    }
}

fn hello(call: &mut Call<'_>) -> Outcome {
    let mut third = call.session.third;
    let mut at = 0;
    if let Some(version) = call.args.first() {
        third = match version.as_slice() {
            b"2" => false,
            b"3" => true,
            _ => return Err(error("NOPROTO unsupported protocol version")),
        };
        at = 1;
    }
    while at < call.args.len() {
        match (call.option(at).as_str(), &call.args[at + 1..]) {
            ("AUTH", [user, password, ..]) => {
                check_password(call, user, password)?;
                at += 3;
            }
            ("SETNAME", [name, ..]) => {
                let name = String::from_utf8_lossy(name).into_owned();
                call.state.name_client(call.session.id, name);
                at += 2;
            }
            _ => return Err(syntax()),
        }
    }
    if !call.session.authenticated {
        return Err(error(
            "NOAUTH HELLO must be called with the client already authenticated, otherwise the \
             HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and \
             select the RESP protocol version at the same time",
        ));
    }
    call.session.third = third;
    let id = i64::try_from(call.session.id).unwrap_or(i64::MAX);
    Ok(Reply::Map(vec![
        Reply::bulk("server"),
        Reply::bulk("redis"),
        Reply::bulk("version"),
        Reply::bulk(call.state.settings.version.clone()),
        Reply::bulk("proto"),
        Reply::Integer(if third { 3 } else { 2 }),
        Reply::bulk("id"),
        Reply::Integer(id),
        Reply::bulk("mode"),
        Reply::bulk("standalone"),
        Reply::bulk("role"),
        Reply::bulk("master"),
        Reply::bulk("modules"),
        Reply::Array(Vec::new()),
    ]))
}

fn client(call: &mut Call<'_>) -> Outcome {
    let id = call.session.id;
    Ok(match (call.option(0).as_str(), &call.args[1..]) {
        ("ID", []) => Reply::Integer(i64::try_from(id).unwrap_or(i64::MAX)),
        ("GETNAME", []) => match call.state.client_name(id) {
            "" => Reply::Null,
            name => Reply::bulk(name),
        },
        ("SETNAME", [name]) => {
            if name.iter().any(|b| !(b'!'..=b'~').contains(b)) {
                return Err(error(
                    "ERR Client names cannot contain spaces, newlines or special characters.",
                ));
            }
            let name = String::from_utf8_lossy(name).into_owned();
            call.state.name_client(id, name);
            Reply::OK
        }
        ("LIST", _) => Reply::Verbatim(call.state.list_clients(None, call.now)),
        ("INFO", []) => Reply::Verbatim(call.state.list_clients(Some(id), call.now)),
        ("SETINFO", [_, _])
        | ("NO-EVICT" | "NO-TOUCH" | "REPLY" | "TRACKING" | "PAUSE" | "CACHING", [_, ..])
        | ("UNPAUSE", []) => Reply::OK,
        ("KILL", _) => Reply::Integer(0),
        _ => {
            let name = call.text(0);
            return Err(error(format!(
                "ERR unknown subcommand or wrong number of arguments for '{name}'. Try CLIENT HELP."
            )));
        }
    })
}

fn watch(call: &mut Call<'_>) -> Outcome {
    if call.session.queue.is_some() {
        return Err(error("ERR WATCH inside MULTI is not allowed"));
    }
    let number = call.session.database;
    for key in call.args {
        let version = call.state.store.database(number, call.now).version(key);
        if call.session.watched.len() < MOST_CHANNELS {
            call.session.watched.push(Watched {
                database: number,
                key: key.clone(),
                version,
            });
        }
    }
    Ok(Reply::OK)
}

fn subscribe(call: &mut Call<'_>, by_pattern: bool) -> Outcome {
    let word = if by_pattern {
        "psubscribe"
    } else {
        "subscribe"
    };
    let id = call.session.id;
    if call.state.channels(id) + call.args.len() > MOST_CHANNELS {
        return Err(error("ERR a client listens to 1024 channels at most"));
    }
    for name in call.args {
        let count = call.state.listen(id, name, by_pattern);
        call.session.extra.push(Reply::Push(vec![
            Reply::bulk(word),
            Reply::bulk(name.clone()),
            Reply::count(count),
        ]));
    }
    Ok(Reply::Silence)
}

fn unsubscribe(call: &mut Call<'_>, by_pattern: bool) -> Outcome {
    let word = if by_pattern {
        "punsubscribe"
    } else {
        "unsubscribe"
    };
    let id = call.session.id;
    let names = match call.args {
        [] => call.state.names(id, by_pattern),
        names => names.to_vec(),
    };
    if names.is_empty() {
        let count = Reply::count(call.state.channels(id));
        let none = Reply::Push(vec![Reply::bulk(word), Reply::Null, count]);
        call.session.extra.push(none);
    }
    for name in names {
        let count = call.state.unlisten(id, &name, by_pattern);
        call.session.extra.push(Reply::Push(vec![
            Reply::bulk(word),
            Reply::Bulk(name),
            Reply::count(count),
        ]));
    }
    Ok(Reply::Silence)
}

fn pubsub(call: &mut Call<'_>) -> Outcome {
    Ok(match call.option(0).as_str() {
        "CHANNELS" => {
            let pattern = call.args.get(1).map(|pattern| Pattern::new(pattern));
            let names = call.state.all_channels();
            let wanted = |name: &&Vec<u8>| pattern.as_ref().is_none_or(|p| p.matches(name));
            Reply::bulks(names.keys().filter(wanted))
        }
        "NUMSUB" => {
            let counts = call.state.all_channels();
            let pair = |name: &Vec<u8>| {
                let count = counts.get(name).copied().unwrap_or_default();
                [Reply::bulk(name.clone()), Reply::count(count)]
            };
            Reply::Array(call.args[1..].iter().flat_map(pair).collect())
        }
        "NUMPAT" => Reply::count(call.state.patterns()),
        _ => return Err(syntax()),
    })
}
