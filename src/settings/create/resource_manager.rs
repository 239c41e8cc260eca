//! What the options of `vm docker create` mean in Resource Manager.

use std::path::{Path, PathBuf};

use super::key::KeyFile;
use super::{
    Context, CreateSettings, CreateSettingsError, DockerSettings, Given, PasswordWish,
    docker_port_of, fake_wish, public_port, read_custom_data, without_effect,
};
use crate::backend::site::resource_manager::Cidr;
use crate::backend::{OpenSshKey, Site, SshKey};
use crate::cli::vm::docker::DockerCreateArgs;
use crate::cli::vm::machine::SshArgs;
use crate::domain::{CertDir, Port, ServiceName, ServiceNameError};
use crate::event::Warning;
use crate::input;
use crate::provision::{
    DockerWish, Job, KeyWish, Order, ResourceOrder, ResourceProblem, SiteOrder, SshEndpoint,
    SshWish,
};
use crate::settings::wait::patience;

/// What the 0.10 CLI calls the systems that its last word may be.
const SYSTEMS: [&str; 2] = ["linux", "windows"];

/// The user's own keys, the best first.
const OWN_KEYS: [&str; 3] = ["id_ed25519.pub", "id_rsa.pub", "id_ecdsa.pub"];

/// Understands `vm docker create`.
pub(super) fn docker(
    args: DockerCreateArgs,
    context: Context<'_>,
) -> Result<DockerSettings, CreateSettingsError> {
    refuse_four_words(&args)?;
    refuse_classic(&args)?;
    let DockerCreateArgs {
        dns_name,
        image,
        user_name,
        password,
        docker_port,
        docker_cert_dir,
        docker_cert_cn,
        resource_group,
        open_to,
        place,
        ssh,
        network: _,
        address,
        run,
        wait,
        fake,
        exit,
        simulated,
    } = args;
    if !fake && !simulated.is_empty() {
        return Err(CreateSettingsError::WithoutFake);
    }
    let site = Site::RESOURCE_MANAGER;
    let host: ServiceName = dns_name
        .parse()
        .map_err(|error| CreateSettingsError::Label(label_of(error)))?;
    let port = docker_port_of(docker_port.as_deref(), site)?;
    let has_password = password.is_some() || run.password_file.is_some() || run.password_stdin;
    let (ssh, mut warnings) = understand(ssh, has_password, context)?;
    warnings.extend(without_effect(&Given {
        in_line: password.is_some(),
        in_file: run.password_file.is_some(),
        in_input: run.password_stdin,
        by_key: false,
        keep: run.keep,
        dry_run: run.dry_run,
    }));
    let custom_data_file = address.custom_data.map(|path| context.current.join(path));
    let custom_data = custom_data_file
        .as_deref()
        .map(|path| read_custom_data(path, site))
        .transpose()?;
    let password = match (password, run.password_file, run.password_stdin) {
        (Some(typed), ..) => PasswordWish::Typed(input::without_mark(&typed).into()),
        (None, Some(file), _) => PasswordWish::File(context.current.join(file)),
        (None, None, true) => PasswordWish::StandardInput,
        (None, None, false) => PasswordWish::Unsaid,
    };
    let folder = CertDir::resolve(docker_cert_dir.as_deref(), context.home, context.current)?;
    let own = ResourceOrder {
        resource_group: resource_group.unwrap_or_else(|| host.to_string()),
        open_to: open_to
            .as_deref()
            .map(blocks)
            .transpose()?
            .unwrap_or_default(),
    };
    let wait = patience(wait, context.wait)?;
    let shuts_out = !own.open_to.is_empty() && !own.open_to.iter().copied().any(Cidr::is_all);
    if shuts_out && wait.is_some() {
        warnings.push(Warning::OpenTo(own.open_to.clone()));
    }
    let order = Order {
        machine: place.vm_name,
        image,
        location: place.location,
        size: place.vm_size,
        user: Some(user_name),
        ssh,
        custom_data,
        docker: Some(port),
        nonce: context.nonce.to_owned(),
        site: SiteOrder::ResourceManager(own),
        ..Order::new(host)
    };
    Ok(DockerSettings {
        create: CreateSettings {
            job: Job {
                order,
                docker: Some(DockerWish {
                    folder: folder.path().to_owned(),
                    certificate_name: docker_cert_cn,
                    wait,
                }),
                warnings,
                custom_data_file,
                keep: run.keep,
                dry_run: run.dry_run,
            },
            password,
        },
        fake: fake_wish(fake, exit),
        simulated,
    })
}

/// `GROUP NAME LOCATION Linux`, as the 0.10 CLI had it.
fn refuse_four_words(args: &DockerCreateArgs) -> Result<(), CreateSettingsError> {
    match &args.password {
        Some(last) if SYSTEMS.contains(&last.to_lowercase().as_str()) => {
            Err(CreateSettingsError::FourWords([
                args.dns_name.clone(),
                args.image.clone(),
                args.user_name.clone(),
                last.clone(),
            ]))
        }
        _ => Ok(()),
    }
}

/// What only classic Azure has, and why it is not to be had here.
fn refuse_classic(args: &DockerCreateArgs) -> Result<(), CreateSettingsError> {
    let (place, network, address) = (&args.place, &args.network, &args.address);
    let wishes = [
        (
            "--affinity-group",
            place.affinity_group.is_some(),
            "affinity groups went with classic Azure; -l names a location",
        ),
        (
            "--reserved-ip",
            address.reserved_ip.is_some(),
            "the host gets a static address of its own",
        ),
        (
            "--community",
            place.community,
            "images come from the catalogue",
        ),
        (
            "--connect",
            place.connect,
            "each host has an address of its own",
        ),
        (
            "--blob-url",
            place.blob_url.is_some(),
            "disks are managed, and lie in no account",
        ),
        (
            "--virtual-network-name",
            network.virtual_network_name.is_some(),
            "each host gets a network of its own",
        ),
        (
            "--subnet-names",
            network.subnet_names.is_some(),
            "each host gets a network of its own",
        ),
        (
            "--static-ip",
            address.static_ip.is_some(),
            "each host gets a network of its own",
        ),
        (
            "--availability-set",
            address.availability_set.is_some(),
            "each host is a machine by itself",
        ),
    ];
    match wishes.into_iter().find(|(_, is_given, _)| *is_given) {
        Some((option, _, because)) => Err(CreateSettingsError::NotInArm { option, because }),
        None => Ok(()),
    }
}

/// The blocks of a list.
fn blocks(text: &str) -> Result<Vec<Cidr>, CreateSettingsError> {
    let words = text.split(',').map(str::trim);
    let mut words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    // A list that names none, as of a variable that is not set, is no word for everybody.
    if words.is_empty() {
        words.push(text);
    }
    Ok(words
        .into_iter()
        .map(str::parse)
        .collect::<Result<_, _>>()?)
}

/// What is wrong with a name, by the rule for labels.
fn label_of(error: ServiceNameError) -> ResourceProblem {
    ResourceProblem::Label(match error {
        ServiceNameError::Missing => String::new(),
        ServiceNameError::Invalid(name) => name,
    })
}

/// The ssh options. Without password and key it is the user's own key, or one that is made.
fn understand(
    args: SshArgs,
    has_password: bool,
    context: Context<'_>,
) -> Result<(SshWish, Vec<Warning>), CreateSettingsError> {
    let SshArgs {
        ssh,
        ssh_cert,
        no_ssh_password,
        no_ssh_endpoint,
        generate_ssh_keys,
    } = args;
    let port = ssh
        .map(|text| public_port("--ssh [port]", &text))
        .transpose()?;
    if port.is_some_and(|port| port != Port::SSH) {
        return Err(CreateSettingsError::NotInArm {
            option: "--ssh with another port than 22",
            because: "no public port leads to another one inside; ssh listens at 22",
        });
    }
    let mut warnings = Vec::new();
    if no_ssh_endpoint && port.is_some() {
        warnings.push(Warning::Ignored {
            option: "--ssh",
            because: "--no-ssh-endpoint is specified",
        });
    }
    let endpoint = match port.filter(|_| !no_ssh_endpoint) {
        Some(port) => SshEndpoint::Port(port),
        // The key lies in the machine all the same.
        None => SshEndpoint::Hidden,
    };
    let given = match ssh_cert {
        Some(path) => {
            if generate_ssh_keys {
                warnings.push(Warning::GeneratedKeysIgnored);
            }
            Some(key(&context.current.join(path))?)
        }
        None if generate_ssh_keys || has_password => None,
        None => own_key(context.home),
    };
    let key = match given {
        Some(line) => KeyWish::Given(SshKey::Public(OpenSshKey { line })),
        None if has_password && !generate_ssh_keys => KeyWish::Absent,
        None => KeyWish::Generated,
    };
    Ok((
        SshWish {
            endpoint,
            key,
            without_password: no_ssh_password || !has_password,
        },
        warnings,
    ))
}

/// The first of the user's own keys.
fn own_key(home: Option<&Path>) -> Option<String> {
    let folder = home?.join(".ssh");
    OWN_KEYS
        .iter()
        .find_map(|name| key(&folder.join(name)).ok())
}

/// The public key in a file, as a line of OpenSSH.
fn key(path: &Path) -> Result<String, CreateSettingsError> {
    KeyFile::read(path)?
        .and_then(KeyFile::into_line)
        .ok_or_else(|| CreateSettingsError::NoKey(PathBuf::from(path)))
}
