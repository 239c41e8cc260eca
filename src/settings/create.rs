//! What the create commands' options mean.

mod interfaces;
mod key;
mod resource_manager;
mod ssh;

pub use ssh::key as ssh_key;

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use fake_azure::DockerOptions;
use secrecy::SecretString;

use crate::backend::Site;
use crate::backend::site::resource_manager::NotCidr;
use crate::cli::vm::create::VmCreateArgs;
use crate::cli::vm::docker::DockerCreateArgs;
use crate::cli::vm::machine::{AddressArgs, NetworkArgs, PlaceArgs, RunArgs};
use crate::domain::{CertDir, CertDirError, Port, PortError, ServiceName, ServiceNameError};
use crate::event::Warning;
use crate::input;
use crate::provision::{ClassicOrder, DockerWish, Job, Order, ResourceProblem, SiteOrder};
use crate::settings::mode::Mode;
use crate::settings::wait::{NotSeconds, patience};

/// What lies around a command.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The home folder.
    pub home: Option<&'a Path>,
    /// The working folder.
    pub current: &'a Path,
    /// The value of `AZURE_WAIT`.
    pub wait: Option<&'a str>,
    /// 16 hexadecimal digits that no other run has.
    pub nonce: &'a str,
}

/// What a create command is to do.
#[derive(Debug, Clone)]
pub struct CreateSettings {
    /// The create.
    pub job: Job,
    /// Where the password comes from.
    pub password: PasswordWish,
}

/// What `vm docker create` is to do.
#[derive(Debug, Clone)]
pub struct DockerSettings {
    /// What every create does.
    pub create: CreateSettings,
    /// The simulator, when it is wanted.
    pub fake: Option<FakeWish>,
    /// What the simulator is told of its hosts.
    pub simulated: DockerOptions,
}

/// What becomes of the simulator when the host is ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FakeWish {
    /// It serves until it is interrupted.
    Serve,
    /// It ends.
    Exit,
}

/// Where a password comes from, most explicit first.
#[derive(Debug, Clone)]
pub enum PasswordWish {
    /// It was typed.
    Typed(SecretString),
    /// The first line of a file.
    File(PathBuf),
    /// The first line of standard input.
    StandardInput,
    /// The environment, or a question on the terminal.
    Unsaid,
}

/// What is wrong with what was typed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CreateSettingsError {
    /// The name under `cloudapp.net`.
    #[error(transparent)]
    Name(#[from] ServiceNameError),
    /// The folder of the certificates.
    #[error(transparent)]
    CertDir(#[from] CertDirError),
    /// The ssh or remote desktop port.
    #[error("{}", .source.of_option(.option))]
    Port {
        /// The option, as the old CLI names it.
        option: &'static str,
        /// Why.
        source: PortError,
    },
    /// The Docker port, which the old CLI left to the service: its words are the last.
    #[error("--docker-port: {0} (the service says: A parameter was incorrect)")]
    DockerPort(PortError),
    /// The static address.
    #[error("--static-ip `{0}` is not a valid IPv4 address")]
    StaticAddress(String),
    /// The number of seconds.
    #[error(transparent)]
    Wait(#[from] NotSeconds),
    /// A file that cannot be read.
    #[error("cannot read `{}`", .path.display())]
    File {
        /// Its path.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The ssh certificate.
    #[error("Specified SSH certificate is not in PEM or SSH RSA format")]
    SshCertificate,
    /// What only the simulator can be told.
    #[error(
        "--engine, --engine-shared, --scripts, --pull-any, --assume-ok, --faults and --seed are for the simulator: say --fake, too"
    )]
    WithoutFake,
    /// An option that means nothing in Resource Manager.
    #[error("{option} cannot be had in arm mode: {because}")]
    NotInArm {
        /// The option.
        option: &'static str,
        /// Why not.
        because: &'static str,
    },
    /// An option that means nothing in classic Azure.
    #[error("{0} is for arm mode")]
    NotInAsm(&'static str),
    /// The words of the 0.10 CLI's arm mode.
    #[error("the words are those of the 0.10 CLI: {}", .0.join(" "))]
    FourWords([String; 4]),
    /// The label of the public name, in Resource Manager.
    #[error(transparent)]
    Label(ResourceProblem),
    /// What ports are to be open to.
    #[error("--open-to: {0}")]
    OpenTo(#[from] NotCidr),
    /// The key.
    #[error("`{}` holds no public key: it takes a line of OpenSSH, a certificate or an RSA public key in PEM", .0.display())]
    NoKey(PathBuf),
    /// An interface definition.
    #[error("`{0}` is no NIC definition; write NAME:SUBNET[:STATIC-IP[:NSG[:IP-FORWARDING]]]")]
    Interface(String),
}

impl CreateSettingsError {
    /// What the user can do.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Name(error) => Some(error.rule()),
            Self::NotInAsm(_) => Some("`azure config mode arm` chooses that mode".to_owned()),
            Self::FourWords([group, name, location, _]) => Some(format!(
                "write `azure vm docker create -e 22 -g {group} -l \"{location}\" {name} Ubuntu-24_04 USER`"
            )),
            Self::Port {
                option,
                source: PortError::NotDigits(word),
            } => {
                let name = option.split(' ').next().unwrap_or(option);
                Some(format!(
                    "{name} took `{word}`, the word behind it, for its port: write {name} PORT, or put {name} last"
                ))
            }
            _ => None,
        }
    }
}

/// Understands `vm docker create` in a mode.
pub fn docker_in(
    mode: Mode,
    args: DockerCreateArgs,
    context: Context<'_>,
) -> Result<DockerSettings, CreateSettingsError> {
    match mode {
        Mode::Asm => docker(args, context),
        Mode::Arm => resource_manager::docker(args, context),
    }
}

/// Understands `vm docker create` in classic Azure.
pub fn docker(
    args: DockerCreateArgs,
    context: Context<'_>,
) -> Result<DockerSettings, CreateSettingsError> {
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
        network,
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
    let of_arm = [
        ("--resource-group", resource_group.is_some()),
        ("--open-to", open_to.is_some()),
    ];
    if let Some((option, _)) = of_arm.into_iter().find(|(_, is_given)| *is_given) {
        return Err(CreateSettingsError::NotInAsm(option));
    }
    let port = docker_port_of(docker_port.as_deref(), Site::CLASSIC)?;
    let mut create = settings(
        Common {
            dns_name,
            image,
            user: Some(user_name),
            password,
            place,
            ssh: ssh::understand(ssh, context.current)?,
            network,
            address,
            run,
        },
        context,
    )?;
    let folder = CertDir::resolve(docker_cert_dir.as_deref(), context.home, context.current)?;
    create.job.order.docker = Some(port);
    create.job.docker = Some(DockerWish {
        folder: folder.path().to_owned(),
        certificate_name: docker_cert_cn,
        wait: patience(wait, context.wait)?,
    });
    Ok(DockerSettings {
        create,
        fake: fake_wish(fake, exit),
        simulated,
    })
}

/// Docker's port: the one that was typed, or the cloud's own.
fn docker_port_of(typed: Option<&str>, site: Site) -> Result<Port, CreateSettingsError> {
    match typed {
        // Named without a value.
        None | Some("") => Ok(site.docker),
        Some(port) => port.parse().map_err(CreateSettingsError::DockerPort),
    }
}

fn fake_wish(fake: bool, exit: bool) -> Option<FakeWish> {
    match (fake, exit) {
        (true, true) => Some(FakeWish::Exit),
        (true, false) => Some(FakeWish::Serve),
        (false, _) => None,
    }
}

/// Understands `vm create`.
pub fn machine(
    args: VmCreateArgs,
    context: Context<'_>,
) -> Result<CreateSettings, CreateSettingsError> {
    let VmCreateArgs {
        dns_name,
        image,
        user_name,
        password,
        user_option,
        password_option,
        place,
        ssh,
        rdp,
        network,
        public_ip,
        address,
        nic_config,
        disable_boot_diagnostics,
        run,
    } = args;
    let twice = [
        ("--userName", user_name.is_some() && user_option.is_some()),
        (
            "--password",
            password.is_some() && password_option.is_some(),
        ),
    ];
    let mut create = settings(
        Common {
            dns_name,
            image,
            user: user_name.or(user_option),
            password: password.or(password_option),
            place,
            ssh: ssh::understand(ssh, context.current)?,
            network,
            address,
            run,
        },
        context,
    )?;
    for (option, _) in twice.into_iter().filter(|(_, is_twice)| *is_twice) {
        create.job.warnings.push(Warning::Ignored {
            option,
            because: "its value stands in the line already",
        });
    }
    create.job.order.remote_desktop = rdp
        .map(|text| public_port("--rdp [port]", &text))
        .transpose()?;
    let interfaces = interfaces::parse(nic_config.as_deref().unwrap_or_default())?;
    if let SiteOrder::Classic(own) = &mut create.job.order.site {
        own.public_address = public_ip;
        own.interfaces = interfaces;
    }
    // The 0.8 CLI does not speak of boot diagnostics; the option is of a later one.
    create.job.order.boot_diagnostics = disable_boot_diagnostics.then_some(false);
    Ok(create)
}

/// What both commands have.
struct Common {
    dns_name: String,
    image: String,
    user: Option<String>,
    password: Option<String>,
    place: PlaceArgs,
    ssh: ssh::Understood,
    network: NetworkArgs,
    address: AddressArgs,
    run: RunArgs,
}

fn settings(common: Common, context: Context<'_>) -> Result<CreateSettings, CreateSettingsError> {
    let Common {
        dns_name,
        image,
        user,
        password,
        place,
        ssh,
        network,
        address,
        run,
    } = common;
    let PlaceArgs {
        community,
        connect,
        location,
        affinity_group,
        blob_url,
        vm_size,
        vm_name,
    } = place;
    let NetworkArgs {
        virtual_network_name,
        subnet_names,
    } = network;
    let AddressArgs {
        static_ip,
        reserved_ip,
        availability_set,
        custom_data,
    } = address;
    let RunArgs {
        password_file,
        password_stdin,
        keep,
        dry_run,
    } = run;
    let name: ServiceName = dns_name.parse()?;
    let custom_data_file = custom_data.map(|path| context.current.join(path));
    let custom_data = custom_data_file
        .as_deref()
        .map(|path| read_custom_data(path, Site::CLASSIC))
        .transpose()?;
    let mut warnings = ssh.warnings;
    warnings.extend(without_effect(&Given {
        in_line: password.is_some(),
        in_file: password_file.is_some(),
        in_input: password_stdin,
        by_key: ssh.wish.without_password,
        keep,
        dry_run,
    }));
    let password = match (password, password_file, password_stdin) {
        (Some(typed), ..) => PasswordWish::Typed(input::without_mark(&typed).into()),
        (None, Some(file), _) => PasswordWish::File(context.current.join(file)),
        (None, None, true) => PasswordWish::StandardInput,
        (None, None, false) => PasswordWish::Unsaid,
    };
    Ok(CreateSettings {
        job: Job {
            order: Order {
                host: name,
                machine: vm_name,
                image,
                location,
                size: vm_size,
                user,
                ssh: ssh.wish,
                remote_desktop: None,
                custom_data,
                docker: None,
                boot_diagnostics: None,
                nonce: context.nonce.to_owned(),
                site: SiteOrder::Classic(ClassicOrder {
                    community,
                    connect,
                    affinity_group,
                    disk: blob_url,
                    network: virtual_network_name,
                    subnets: listed(subnet_names.as_deref().unwrap_or_default()),
                    static_address: static_ip.map(address_of).transpose()?,
                    public_address: None,
                    reserved_address: reserved_ip,
                    interfaces: Vec::new(),
                    availability_set,
                }),
            },
            docker: None,
            warnings,
            custom_data_file,
            keep,
            dry_run,
        },
        password,
    })
}

/// Which of the options that exclude each other were given.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says whether an option was given"
)]
struct Given {
    in_line: bool,
    in_file: bool,
    in_input: bool,
    by_key: bool,
    keep: bool,
    dry_run: bool,
}

/// The options that change nothing beside others.
fn without_effect(given: &Given) -> impl Iterator<Item = Warning> {
    const IN_LINE: &str = "the password is in the line";
    const BY_KEY: &str = "--no-ssh-password is specified";
    let by_key = given.by_key && !given.in_line;
    [
        ("--password-file", IN_LINE, given.in_line && given.in_file),
        ("--password-stdin", IN_LINE, given.in_line && given.in_input),
        ("--password-file", BY_KEY, by_key && given.in_file),
        ("--password-stdin", BY_KEY, by_key && given.in_input),
        (
            "--password-stdin",
            "--password-file is specified",
            !by_key && !given.in_line && given.in_file && given.in_input,
        ),
        (
            "--keep",
            "--dry-run makes nothing",
            given.keep && given.dry_run,
        ),
    ]
    .into_iter()
    .filter(|(_, _, is_so)| *is_so)
    .map(|(option, because, _)| Warning::Ignored { option, because })
}

fn public_port(option: &'static str, text: &str) -> Result<Port, CreateSettingsError> {
    text.parse()
        .map_err(|source| CreateSettingsError::Port { option, source })
}

fn address_of(text: String) -> Result<Ipv4Addr, CreateSettingsError> {
    text.parse()
        .map_err(|_| CreateSettingsError::StaticAddress(text))
}

fn listed(text: &str) -> Vec<String> {
    text.split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

/// As much of the data as shows that it is too long.
fn read_custom_data(path: &Path, site: Site) -> Result<Vec<u8>, CreateSettingsError> {
    input::read_head(path, site.custom_data + 1)
        .map(|data| data.to_vec())
        .map_err(|source| CreateSettingsError::File {
            path: path.to_owned(),
            source,
        })
}
