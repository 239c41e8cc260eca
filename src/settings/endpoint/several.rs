//! Several endpoints in one word, as `vm endpoint create-multiple` takes them.

use super::{
    EndpointError, EndpointWish, ProbeWords, check_probe, direct_server_return, idle_timeout, port,
    set_name, word,
};
use crate::cli::vm::endpoint::EndpointCreateMultipleArgs;

/// The fields of an endpoint in 0.10's order, each perhaps empty.
const CONFIG_FIELDS: usize = 13;

/// The fields of an endpoint in 0.8's order, of which the first few may be all.
const FIELDS: usize = 9;

/// One endpoint's fields by name, whatever their order was.
#[derive(Debug, Default)]
struct Fields<'a> {
    public_port: Option<&'a str>,
    local_port: Option<&'a str>,
    protocol: Option<&'a str>,
    idle_timeout: Option<&'a str>,
    direct_server_return: Option<&'a str>,
    probe_protocol: Option<&'a str>,
    probe_port: Option<&'a str>,
    probe_path: Option<&'a str>,
    probe_interval: Option<&'a str>,
    probe_timeout: Option<&'a str>,
    set_name: Option<&'a str>,
    load_balancer: Option<&'a str>,
    distribution: Option<&'a str>,
}

/// Understands `vm endpoint create-multiple`: 0.8's list after the machine, or 0.10's `-c`.
pub fn several(args: &EndpointCreateMultipleArgs) -> Result<Vec<EndpointWish>, EndpointError> {
    let all: Vec<Fields<'_>> = match (&args.endpoints_config, &args.endpoints) {
        (Some(configs), _) => configs
            .split(',')
            .map(str::trim)
            .filter(|config| !config.is_empty())
            .map(config)
            .collect::<Result<_, _>>()?,
        // 0.10 takes its configurations in this place, too.
        (None, Some(list)) => list
            .split(',')
            .map(|one| match one.split(':').count() {
                CONFIG_FIELDS => config(one),
                _ => endpoint(one),
            })
            .collect::<Result<_, _>>()?,
        (None, None) => Vec::new(),
    };
    if all.is_empty() {
        return Err(EndpointError::NoEndpoints);
    }
    all.into_iter()
        .enumerate()
        .map(|(index, fields)| {
            fields.read().map_err(|why| EndpointError::OneOfSeveral {
                number: index + 1,
                why: Box::new(why),
            })
        })
        .collect()
}

fn endpoint(text: &str) -> Result<Fields<'_>, EndpointError> {
    let parts: Vec<&str> = text.split(':').collect();
    if parts.len() > FIELDS || parts.iter().any(|part| part.is_empty()) {
        return Err(EndpointError::Several);
    }
    let part = |at: usize| parts.get(at).copied();
    Ok(Fields {
        public_port: part(0),
        local_port: part(1),
        protocol: part(2),
        direct_server_return: part(3),
        set_name: part(4),
        probe_protocol: part(5),
        probe_port: part(6),
        probe_path: part(7),
        load_balancer: part(8),
        ..Fields::default()
    })
}

fn config(text: &str) -> Result<Fields<'_>, EndpointError> {
    let parts: Vec<&str> = text.split(':').map(str::trim).collect();
    if parts.len() != CONFIG_FIELDS {
        return Err(EndpointError::SeveralConfigs);
    }
    let part = |at: usize| parts.get(at).copied().filter(|part| !part.is_empty());
    Ok(Fields {
        public_port: part(0),
        local_port: part(1),
        protocol: part(2),
        idle_timeout: part(3),
        direct_server_return: part(4),
        probe_protocol: part(5),
        probe_port: part(6),
        probe_path: part(7),
        probe_interval: part(8),
        probe_timeout: part(9),
        set_name: part(10),
        load_balancer: part(11),
        distribution: part(12),
    })
}

impl Fields<'_> {
    fn read(self) -> Result<EndpointWish, EndpointError> {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let public_port = port(self.public_port, "lb-port")?;
        let wish = EndpointWish {
            public_port: Some(public_port.ok_or(EndpointError::Port("lb-port"))?),
            local_port: port(self.local_port, "vm-port")?,
            protocol: word(self.protocol, "protocol", "tcp,udp")?,
            idle_timeout: idle_timeout(self.idle_timeout)?,
            direct_server_return: direct_server_return(
                self.direct_server_return,
                "enable-direct-server-return",
            )?,
            set_name: set_name(owned(self.set_name), "lb-set-name")?,
            load_balancer: owned(self.load_balancer),
            distribution: word(
                self.distribution,
                "load-balancer-distribution",
                "sourceIP,sourceIPProtocol,none",
            )?,
            probe: ProbeWords {
                port: owned(self.probe_port),
                protocol: owned(self.probe_protocol),
                path: owned(self.probe_path),
                interval: owned(self.probe_interval),
                timeout: owned(self.probe_timeout),
            }
            .read()?,
            name: None,
        };
        check_probe(&wish)?;
        Ok(wish)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(list: Option<&str>, configs: Option<&str>) -> EndpointCreateMultipleArgs {
        EndpointCreateMultipleArgs {
            vm_name: "web".to_owned(),
            endpoints: list.map(str::to_owned),
            endpoints_config: configs.map(str::to_owned),
            dns_name: None,
        }
    }

    #[test]
    fn both_generations_spell_their_endpoints() {
        let old = "3333,6666:6676:tcp:false:LbSet2:http:7777:/prob";
        let new = "28:28:::::::::::,29:29:tcp:15::http:4222:/prob:::LbSet2::";

        let old = several(&args(Some(old), None)).unwrap();
        let new = several(&args(None, Some(new))).unwrap();

        assert_eq!(old[0].public_port, Some(3333));
        assert_eq!(old[1].local_port, Some(6676));
        assert_eq!(old[1].direct_server_return, Some(false));
        assert_eq!(old[1].probe.as_ref().unwrap().port, Some(7777));
        assert_eq!(new[1].idle_timeout, Some(15));
        assert_eq!(new[1].set_name.as_deref(), Some("LbSet2"));
        assert_eq!(new[0].set_name, None);
    }

    #[test]
    fn what_cannot_be_read_is_told_by_its_place() {
        let refused = several(&args(Some("80,70000"), None));

        assert_eq!(
            refused,
            Err(EndpointError::OneOfSeveral {
                number: 2,
                why: Box::new(EndpointError::Port("lb-port")),
            })
        );
        assert_eq!(
            several(&args(Some("80::tcp"), None)),
            Err(EndpointError::Several)
        );
        assert_eq!(
            several(&args(None, Some("80:80"))),
            Err(EndpointError::SeveralConfigs)
        );
        assert_eq!(several(&args(None, None)), Err(EndpointError::NoEndpoints));
    }
}
