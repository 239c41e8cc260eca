//! A running simulator, and what it is started with.

use std::collections::BTreeSet;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fake_docker::process::script::Scripts;
use fake_docker::registry::SharedRegistry;
use jiff::Timestamp;
use simulation::log::{Durability, Storage};
use simulation::net::{self, Listening, Task};
use simulation::{Chance, Clock};
use tokio::net::TcpListener;
use tokio::runtime::Handle;

use crate::admin::{self, Gate};
use crate::asm::{Door, Misplaced, Refused};
use crate::ca_bundle::CaBundle;
use crate::cloud::{self, Beginning, Cloud};
use crate::credentials::{CredentialFiles, Credentials, CredentialsError, write_private};
use crate::faults::{FaultPlan, FaultPlanError};
use crate::folder::{self, Folder};
use crate::guest::engine_address::EngineAddress;
use crate::guest::engines::{Engines, Plan};
use crate::guest::real_engine::EngineAway;
use crate::guest::recipe::Recipe;
use crate::home::{self, Home};
use crate::hosts::HostsFile;
use crate::instance_metadata::InstanceMetadata;
use crate::journal::Journal;
use crate::leaves::Leaves;
use crate::login::Login;
use crate::net::loopback::Block;
use crate::notice::Notice;
use crate::origin::Origin;
use crate::pace::Pace;
use crate::proxy::{Proxy, Upstream};
use crate::scripts::{self, ScriptsError};
use crate::skin::Exchanges;
use crate::state::{OwnStorage, SavedState, StateError, StateFile};
use crate::uploads::{Limits, Uploads};
use crate::world::catalogue::Catalogue;
use crate::world::directory::{Approval, ClientSecret, Directory, DirectoryTerms, Secret};
use crate::world::engine_claim::EngineClaim;
use crate::world::gallery::Gallery;
use crate::world::holdings::Holdings;
use crate::world::{
    self, Disk, GalleryExtension, Image, Location, Maintenance, ManagementCertificate, Name,
    OperationId, Place, Prefix, Refusal, Request, Subnet, SubscriptionId, VirtualNetwork, VmImage,
    World, affinity_group, public_name,
};

/// A simulator that runs until it is shut down or dropped.
#[derive(Debug)]
pub struct FakeAzure {
    cloud: Cloud,
    management_url: String,
    admin_url: String,
    urls: Urls,
    subscription: SubscriptionId,
    files: CredentialFiles,
    service_principal: PathBuf,
    credentials: Credentials,
    doors: Vec<(Listening, Task)>,
    time: Task,
    home: Home,
    notices: Vec<Notice>,
    _folder: Folder,
}

/// A further subscription, with the certificates that may manage it.
#[derive(Clone, Debug)]
pub struct Subscription {
    /// Its GUID.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Thumbprints of its management certificates: SHA-1, hexadecimal. Empty means the
    /// simulator's own.
    pub certificates: Vec<String>,
}

/// What a simulator is started with; what is not said has a sensible default.
#[derive(Debug)]
#[must_use = "a builder does nothing until `start`"]
#[expect(clippy::struct_excessive_bools, reason = "each is a wish of its own")]
pub struct Builder {
    listen: SocketAddr,
    admin_listen: SocketAddr,
    pace: Pace,
    seed: Option<u64>,
    folder: Option<PathBuf>,
    credentials: Option<Credentials>,
    subscriptions: Vec<Subscription>,
    taken_names: BTreeSet<Name>,
    storage_accounts: Vec<(String, String)>,
    affinity_groups: Vec<(String, String)>,
    networks: Vec<NetworkSeed>,
    disks: Vec<Disk>,
    catalogue: Catalogue,
    gallery: Gallery,
    hosts_preamble: String,
    localhost: bool,
    engine: Option<EngineAddress>,
    engine_shared: bool,
    scripts: Scripts,
    script_files: Vec<PathBuf>,
    faults: FaultPlan,
    fault_files: Vec<PathBuf>,
    assume_ok: bool,
    pull_any: bool,
    misplaced: Misplaced,
    admin_token: Option<String>,
    limits: Limits,
    directory: DirectoryTerms,
    upstream: Upstream,
    authorities: Option<PathBuf>,
    state: Kept,
    durability: Durability,
    home: home::Wish,
}

/// Where the state is kept.
#[derive(Debug)]
enum Kept {
    Nowhere,
    In(PathBuf),
    By(OwnStorage),
}

#[derive(Debug)]
struct NetworkSeed {
    name: String,
    place: Place,
    address_space: String,
    subnets: Vec<(String, String)>,
}

/// Why a simulator could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// There is no block of loopback addresses left.
    #[error("no block of loopback addresses is free for the simulated machines")]
    Addresses(#[source] io::Error),
    /// A file of the simulator's cannot be made.
    #[error("`{}` cannot be made", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Its credentials cannot be made or read.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// The system gives no thread.
    #[error("there is no thread for the simulator to run on")]
    Thread(#[source] io::Error),
    /// TLS cannot be set up.
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
    /// The state file cannot be used.
    #[error(transparent)]
    State(#[from] StateError),
    /// The addresses that the machines had are not to be had again.
    #[error("the machines' addresses, {prefix}, are another simulator's")]
    OldAddresses {
        /// The block.
        prefix: Prefix,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The state file tells of other credentials.
    #[error(
        "the state is of other credentials: it knows no subscription `{0}`; start with those that it was made with"
    )]
    OtherCredentials(SubscriptionId),
    /// The real engine is not there.
    #[error(transparent)]
    Engine(#[from] EngineAway),
    /// The scripts of containers cannot be read.
    #[error(transparent)]
    Scripts(#[from] ScriptsError),
    /// A file of faults cannot be read.
    #[error(transparent)]
    Faults(#[from] FaultPlanError),
    /// What is to be there from the start does not fit together.
    #[error("the world cannot be set up: {0}")]
    Seed(String),
}

impl From<Refusal> for StartError {
    fn from(refusal: Refusal) -> Self {
        Self::Seed(Refused::from(refusal).to_string())
    }
}

impl FakeAzure {
    /// Begins to describe a simulator.
    pub fn builder() -> Builder {
        Builder {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            admin_listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            pace: Pace::default(),
            seed: None,
            folder: None,
            credentials: None,
            subscriptions: Vec::new(),
            taken_names: BTreeSet::new(),
            storage_accounts: Vec::new(),
            affinity_groups: Vec::new(),
            networks: Vec::new(),
            disks: Vec::new(),
            catalogue: Catalogue::default(),
            gallery: Gallery::default(),
            hosts_preamble: String::new(),
            localhost: false,
            engine: None,
            engine_shared: false,
            scripts: Scripts::new(),
            script_files: Vec::new(),
            faults: FaultPlan::default(),
            fault_files: Vec::new(),
            assume_ok: false,
            pull_any: false,
            misplaced: Misplaced::default(),
            admin_token: None,
            limits: Limits::default(),
            directory: DirectoryTerms::default(),
            upstream: Upstream::default(),
            authorities: None,
            state: Kept::Nowhere,
            durability: Durability::default(),
            home: home::Wish::default(),
        }
    }

    /// What whoever started it should know of the state file.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// The simulated cloud: its world, its time, its faults.
    pub fn cloud(&self) -> &Cloud {
        &self.cloud
    }

    /// The management endpoint, e.g. `https://127.0.0.1:40123`: exactly the
    /// `ServiceManagementUrl` of the `.publishsettings`.
    pub fn management_url(&self) -> &str {
        &self.management_url
    }

    /// The admin API, e.g. `http://127.0.0.1:40124`, without `/_fake`.
    pub fn admin_url(&self) -> &str {
        &self.admin_url
    }

    /// Resource Manager, e.g. `https://127.0.0.1:40125`.
    pub fn resource_manager_url(&self) -> &str {
        &self.urls.origin
    }

    /// The login authority, e.g. `https://127.0.0.1:40125`: its tenants are below it.
    pub fn authority_url(&self) -> &str {
        &self.urls.origin
    }

    /// The proxy through which programs find the simulated cloud under the real one's names, e.g.
    /// `http://127.0.0.1:40126`.
    pub fn proxy_url(&self) -> &str {
        &self.urls.proxy
    }

    /// What gives tokens to programs with a managed identity, e.g. `http://127.0.0.1:40127`.
    pub fn metadata_service_url(&self) -> &str {
        &self.urls.metadata
    }

    /// The tenant of all subscriptions.
    pub fn tenant_id(&self) -> String {
        let tenant = |world: &World| world.directory().tenant().to_owned();
        self.cloud.look(tenant)
    }

    /// A file with the system's authorities, the simulator's, and those of all Docker hosts that
    /// were made, in PEM.
    pub fn ca_bundle(&self) -> PathBuf {
        self.cloud.ca_bundle()
    }

    /// A file with what a program signs in with, as JSON. A secret.
    pub fn service_principal(&self) -> &Path {
        &self.service_principal
    }

    /// The subscription of the simulator's own management certificate.
    pub fn subscription_id(&self) -> &SubscriptionId {
        &self.subscription
    }

    /// The simulator's CA and management certificate.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// The `.publishsettings` file. A secret.
    pub fn publish_settings(&self) -> &Path {
        &self.files.publish_settings
    }

    /// The CA's certificate in PEM.
    pub fn ca(&self) -> &Path {
        &self.files.ca
    }

    /// The management certificate and its key in PEM. A secret.
    pub fn management_certificate(&self) -> &Path {
        &self.files.management
    }

    /// The hosts file: a line `address name` for every public name, changed in place, so
    /// that it may be bound over `/etc/hosts`.
    pub fn hosts_file(&self) -> PathBuf {
        self.cloud.hosts_file()
    }

    /// Closes every door; the simulator's own folder goes too.
    pub async fn shutdown(self) {
        let Self {
            cloud,
            doors,
            time,
            home,
            _folder,
            ..
        } = self;
        cloud.close();
        for (listening, task) in doors {
            drop(listening);
            task.end().await;
        }
        time.end().await;
        home.end().await;
    }
}

impl Builder {
    /// Where the management API listens; 127.0.0.1 and any port unless told.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// Refuses elements and attributes of requests that are unknown, out of their place or
    /// there twice, where the real service skips them: for authors of clients who want to hear
    /// of their mistakes.
    pub fn refuse_misplaced(mut self, refuse: bool) -> Self {
        self.misplaced = if refuse {
            Misplaced::Refused
        } else {
            Misplaced::Skipped
        };
        self
    }

    /// Lets the admin API ask everybody for a token, as `Authorization: Bearer TOKEN`.
    pub fn admin_token(mut self, token: impl Into<String>) -> Self {
        self.admin_token = Some(token.into());
        self
    }

    /// How much the simulator takes upon itself for those who come to its ports.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Who approves the codes that programs show for somebody to sign in elsewhere.
    pub fn approval(mut self, approval: Approval) -> Self {
        self.directory.approval = approval;
        self
    }

    /// The tenant's identifier, a GUID; one that follows from the seed unless told.
    pub fn tenant(mut self, id: &str) -> Self {
        self.directory.tenant = Some(id.to_ascii_lowercase());
        self
    }

    /// The tenant's domain; one that follows from the seed unless told.
    pub fn domain(mut self, name: &str) -> Self {
        self.directory.domain = Some(name.to_ascii_lowercase());
        self
    }

    /// What programs sign in with: the application's identifier, a GUID, and its secret. Both
    /// follow from the seed unless told. The management certificate is always good for it, too.
    pub fn client(mut self, id: &str, secret: impl Into<String>) -> Self {
        self.directory.client_id = Some(id.to_ascii_lowercase());
        self.directory.client_secret = Some(Secret::new(secret));
        self
    }

    /// A further secret of the application, good until then.
    pub fn client_secret(mut self, secret: impl Into<String>, expires: Timestamp) -> Self {
        self.directory.further_secrets.push(ClientSecret {
            text: Secret::new(secret),
            expires: Some(expires),
        });
        self
    }

    /// A further certificate of the application, in DER: whoever has its key, of RSA, signs in.
    pub fn client_certificate(mut self, der: impl Into<Vec<u8>>) -> Self {
        self.directory.certificates.push(der.into());
        self
    }

    /// Somebody who signs in with a name and a password. One without `@` is of the tenant's domain.
    pub fn user(mut self, name: impl Into<String>, password: impl Into<String>) -> Self {
        let user = (name.into(), Secret::new(password));
        self.directory.users.push(user);
        self
    }

    /// The proxies by which the simulator's own proxy reaches hosts that are not simulated; it
    /// reaches them without unless told.
    pub fn upstream(mut self, upstream: Upstream) -> Self {
        self.upstream = upstream;
        self
    }

    /// The authorities that the file of those to trust begins with, in PEM; the system's unless told.
    pub fn authorities(mut self, path: impl Into<PathBuf>) -> Self {
        self.authorities = Some(path.into());
        self
    }

    /// How time flows.
    pub fn pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    /// Makes the identifiers that the service invents the same at every start. At [`Pace::ByHand`]
    /// it makes the time the same, too, and the machines' addresses as far as no other simulator has
    /// them: then two runs that are asked the same with the same credentials tell the same, byte by
    /// byte.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// The file that the simulator's state is kept in, made when it is not there: who starts
    /// with it again goes on where the last one ended, or was killed. The credentials, unless
    /// told, are kept in a folder of its name with `.credentials` at its end.
    ///
    /// Its world, its time, its identifiers and the faults that were arranged go on, and machines
    /// that ran have their engines at the same addresses, as after a reboot; the journal begins
    /// anew. What the builder says of pace, regions, gallery, extensions, maintenance and faults
    /// holds from now on; its seed does not, where the state has another ([`FakeAzure::notices`]).
    pub fn state(mut self, path: impl Into<PathBuf>) -> Self {
        self.state = Kept::In(path.into());
        self
    }

    /// Keeps the state in a storage of the caller's in the place of a file: in memory, or on a
    /// disk that loses what was not synced when a test wants it to.
    pub fn state_in(mut self, storage: impl Storage + Send + Sync + 'static) -> Self {
        self.state = Kept::By(OwnStorage(Box::new(storage)));
        self
    }

    /// Answers what changes something when the disk has it, rather than the system: it then
    /// survives the loss of power, too.
    pub fn state_sync(mut self) -> Self {
        self.durability = Durability::Machine;
        self
    }

    /// The folder of the credentials: used when they are there, made when not. Unless told, a
    /// private folder that goes with the simulator.
    pub fn credentials_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// Credentials made before, so that many simulators need not each make their own.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Adds a subscription.
    pub fn subscription(mut self, subscription: Subscription) -> Self {
        self.subscriptions.push(subscription);
        self
    }

    /// Somebody else has this hosted service name.
    pub fn taken_service(mut self, name: impl Into<String>) -> Self {
        self.taken_names.insert(public_name(&name.into()).into());
        self
    }

    /// Somebody else has a storage account of this name: nobody can make one, and its public names
    /// lead nowhere.
    pub fn taken_storage_account(mut self, name: &str) -> Self {
        let names = world::storage_hosts(name);
        self.taken_names.extend(names.map(Name::from));
        self
    }

    /// Adds a storage account (`Standard_LRS`) in a location to what the first subscription has.
    pub fn storage_account(mut self, name: impl Into<String>, location: impl Into<String>) -> Self {
        self.storage_accounts.push((name.into(), location.into()));
        self
    }

    /// Adds an affinity group in a location.
    pub fn affinity_group(mut self, name: impl Into<String>, location: impl Into<String>) -> Self {
        self.affinity_groups.push((name.into(), location.into()));
        self
    }

    /// Adds a virtual network: its address space and each subnet's name and addresses, in
    /// CIDR notation.
    pub fn virtual_network(
        mut self,
        name: impl Into<String>,
        place: Place,
        address_space: impl Into<String>,
        subnets: &[(&str, &str)],
    ) -> Self {
        self.networks.push(NetworkSeed {
            name: name.into(),
            place,
            address_space: address_space.into(),
            subnets: subnets
                .iter()
                .map(|(name, prefix)| ((*name).to_owned(), (*prefix).to_owned()))
                .collect(),
        });
        self
    }

    /// The regions, in place of those of 2015.
    pub fn locations(mut self, locations: Vec<Location>) -> Self {
        self.catalogue.locations = locations;
        self
    }

    /// The gallery's OS images, in place of a dozen of 2014.
    pub fn images(mut self, images: Vec<Image>) -> Self {
        self.gallery.images = images;
        self
    }

    /// The gallery's VM images.
    pub fn vm_images(mut self, images: Vec<VmImage>) -> Self {
        self.gallery.vm_images = images;
        self
    }

    /// What the gallery of extensions shows, in place of a few that the old CLI knows. Which
    /// extensions a machine may have stays the same.
    pub fn extensions(mut self, extensions: Vec<GalleryExtension>) -> Self {
        self.catalogue.extensions = Some(extensions);
        self
    }

    /// Maintenance that the service has planned: every deployment tells of it.
    pub fn maintenance(mut self, planned: Maintenance) -> Self {
        self.catalogue.maintenance = Some(planned);
        self
    }

    /// Adds a disk that no machine has, with whatever history its fields tell.
    pub fn disk(mut self, disk: Disk) -> Self {
        self.disks.push(disk);
        self
    }

    /// Lines that stand in the hosts file before the simulated names, e.g. those of the
    /// machine's own `/etc/hosts`.
    pub fn hosts_preamble(mut self, lines: impl Into<String>) -> Self {
        self.hosts_preamble = lines.into();
        self
    }

    /// Lets every Docker engine listen on a port of 127.0.0.1 too: the public one where it is
    /// free, else any.
    pub fn localhost(mut self) -> Self {
        self.localhost = true;
        self
    }

    /// Puts a real engine behind the machines, in the place of simulated ones: what reaches a
    /// machine's Docker port goes there as it is. One machine may have it.
    pub fn engine(mut self, address: EngineAddress) -> Self {
        self.engine = Some(address);
        self
    }

    /// Lets any number of machines have the real engine.
    pub fn engine_shared(mut self) -> Self {
        self.engine_shared = true;
        self
    }

    /// Lets scripts say what containers do. Those that come later are looked at first.
    pub fn scripts(mut self, scripts: Scripts) -> Self {
        self.scripts.merge(scripts);
        self
    }

    /// Reads such scripts from a file, or from all `*.toml` of a folder, at the start; they
    /// are looked at before those of [`Builder::scripts`].
    pub fn script_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.script_files.push(path.into());
        self
    }

    /// What goes wrong from the start, after what was said before. Faults of engines are
    /// arranged in each that begins in a machine.
    pub fn faults(mut self, plan: FaultPlan) -> Self {
        self.faults.merge(plan);
        self
    }

    /// Reads such faults from a file at the start.
    pub fn fault_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.fault_files.push(path.into());
        self
    }

    /// Lets commands that nobody declared end well in containers, such as `apk add`; the
    /// engine's journal tells of each.
    pub fn assume_ok(mut self) -> Self {
        self.assume_ok = true;
        self
    }

    /// Lets a pull of an image that nobody published bring one all the same.
    pub fn pull_any(mut self) -> Self {
        self.pull_any = true;
        self
    }

    /// Runs the simulator's tasks on the runtime that `start` is called in, instead of a thread
    /// of its own. Whoever then blocks that runtime's threads, by waiting for a process for
    /// instance, stops the simulator too.
    pub fn in_callers_runtime(mut self) -> Self {
        self.home = home::Wish::CallersRuntime;
        self
    }

    /// Starts the simulator, on a thread of its own unless told otherwise: it answers while the
    /// caller waits for a process or blocks in another way.
    pub async fn start(self) -> Result<FakeAzure, StartError> {
        let home = match self.home {
            home::Wish::CallersRuntime => return self.start_in(Home::of_caller()).await,
            home::Wish::OwnThread => Home::own().map_err(StartError::Thread)?,
        };
        let runtime = home.runtime().clone();
        match runtime.spawn(self.start_in(home)).await {
            Ok(started) => started,
            Err(broken) => match broken.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(cancelled) => Err(StartError::Thread(cancelled.into())),
            },
        }
    }

    async fn start_in(mut self, home: Home) -> Result<FakeAzure, StartError> {
        let faults = self.fault_plan()?;
        if let Some(address) = &self.engine {
            address.try_out().await?;
        }
        let recipe = self.recipe()?;
        let (file, mut saved) = self.open_state()?;
        let notices = notices(file.as_ref(), self.seed, saved.as_ref());
        let mut folder = self.place()?;
        let credentials = self.chosen_credentials(&folder).await?;
        let clock = self.pace.clock(self.seed.is_some());
        let seed = saved.as_ref().map(|saved| saved.seed).or(self.seed);
        let seed = seed.unwrap_or_else(any_seed);
        // Whoever starts many of one seed at once wants no repetition of what must not be shared.
        let from = if clock.is_by_hand() { seed } else { any_seed() };
        let block = claim(saved.as_ref(), from)?;
        let (birth, subscriptions) = self.world(&credentials, block.prefix, &clock, seed)?;
        let before = saved.as_mut().and_then(|saved| saved.faults.take());
        let arranged = cloud::begin_faults(before.clone(), seed, &faults);
        // What is as it was need not be written down again.
        let is_same = before.as_ref() == Some(&arranged)
            && saved
                .as_ref()
                .is_some_and(|saved| is_on_terms_of(saved, &birth));
        let state = go_on(saved, seed, &birth, &clock, &credentials)?.with_faults(arranged);
        let (management, management_at) = listen(self.listen)?;
        let (admin, admin_at) = listen(self.admin_listen)?;
        let reachable = reachable(management_at.ip());
        let reachable_at = SocketAddr::new(reachable, management_at.port());
        let management_url = format!("https://{reachable_at}");
        let publish_settings = credentials.publish_settings(&management_url, &subscriptions)?;
        let files = self.files(&folder, &credentials, &publish_settings)?;
        let hosts = self.hosts_file(&folder, &block)?;
        let authorities = self.bundle(&folder, &credentials)?;
        let runtime = home.runtime().clone();
        let journal = Arc::new(Journal::default());
        let engines = self.engines(&runtime, &clock, &journal, (seed, recipe), &faults);
        let file = begun(file, &state, is_same)?;
        // The state is of these credentials from here on.
        folder.stays();
        let cloud = Cloud::new(Beginning {
            birth,
            state,
            file,
            block,
            clock,
            journal,
            engines,
            hosts,
            authorities,
            faults,
        });
        cloud.wake();
        let mut names = vec![IpAddr::from(Ipv4Addr::LOCALHOST), reachable];
        names.dedup();
        let identity = credentials.issue_server(&names, cloud.latest())?;
        let uploads = Uploads::new(self.limits);
        let today = Today::listen(self.listen.ip())?;
        let service_principal = today.service_principal(&folder, &cloud, &credentials)?;
        let door = Door::new(
            cloud.clone(),
            identity,
            &management_url,
            self.misplaced,
            uploads.clone(),
        )?;
        let (management, calls) = Listening::new(management);
        let (admin, visits) = Listening::new(admin);
        let serve_calls = net::accept(calls, move |stream, peer| door.clone().serve(stream, peer));
        let gate = Gate::new(self.admin_token.as_deref());
        let serving = admin::serve(visits, admin::router(cloud.clone()), gate, uploads.clone());
        let mut doors = vec![
            (management, Task::spawn(&runtime, serve_calls)),
            (admin, Task::spawn(&runtime, serving)),
        ];
        let exchanges = Exchanges::new(cloud.clone(), uploads);
        let leaves = Leaves::new(cloud.clone(), credentials.clone(), names);
        let urls = today.urls.clone();
        doors.extend(today.open(
            &runtime,
            &cloud,
            &exchanges,
            leaves,
            reachable_at,
            (self.pace, std::mem::take(&mut self.upstream)),
        )?);
        let time = time_of(&cloud, &runtime);
        Ok(FakeAzure {
            cloud,
            management_url,
            admin_url: format!("http://{admin_at}"),
            urls,
            service_principal,
            subscription: credentials.subscription_id(),
            files,
            credentials,
            doors,
            time,
            home,
            notices,
            _folder: folder,
        })
    }

    /// The credentials that were given, those of the folder, or new ones.
    async fn chosen_credentials(&self, folder: &Folder) -> Result<Credentials, StartError> {
        Ok(match (&self.credentials, &self.folder) {
            (Some(credentials), _) => credentials.clone(),
            (None, Some(_)) => Credentials::open(folder.path())?,
            (None, None) => tokio::task::spawn_blocking(Credentials::generate)
                .await
                .map_err(|error| StartError::Seed(error.to_string()))??,
        })
    }

    /// Where the simulator's files lie.
    fn place(&self) -> Result<Folder, CredentialsError> {
        match &self.folder {
            Some(named) => Folder::named(named),
            None => Folder::private(),
        }
    }

    /// The hosts file; what has no address leads to the first of the block, which no machine gets.
    fn hosts_file(&self, folder: &Folder, block: &Block) -> Result<HostsFile, StartError> {
        let path = folder.path().join(folder::HOSTS);
        HostsFile::create(&path, &self.hosts_preamble, block.prefix.address)
            .map_err(|source| StartError::File { path, source })
    }

    /// Lays down what a client needs to be let in.
    fn files(
        &self,
        folder: &Folder,
        credentials: &Credentials,
        publish_settings: &str,
    ) -> Result<CredentialFiles, CredentialsError> {
        // Those that came out of the folder lie there as their owner left them.
        let opened = self.credentials.is_none() && self.folder.is_some();
        let credentials = (!opened).then_some(credentials);
        CredentialFiles::write(folder.path(), credentials, publish_settings)
    }

    /// The engines of all machines.
    fn engines(
        &self,
        runtime: &Handle,
        clock: &Clock,
        journal: &Arc<Journal>,
        (seed, recipe): (u64, Recipe),
        faults: &FaultPlan,
    ) -> Engines {
        let plan = Plan {
            localhost: self.localhost,
            seed,
            recipe,
            faults: faults.docker.clone(),
            real: self.engine.clone(),
        };
        Engines::new(runtime.clone(), clock.clone(), journal.clone(), plan)
    }

    /// The file of the authorities to trust.
    fn bundle(&self, folder: &Folder, credentials: &Credentials) -> Result<CaBundle, StartError> {
        let path = folder.path().join(folder::CA_BUNDLE);
        CaBundle::create(&path, self.authorities.as_deref(), credentials.ca_pem())
            .map_err(|source| StartError::File { path, source })
    }

    /// The state file and what it holds, where there is to be one. Its credentials lie beside it
    /// unless somebody said where.
    fn open_state(&mut self) -> Result<(Option<StateFile>, Option<SavedState>), StartError> {
        let path = match std::mem::replace(&mut self.state, Kept::Nowhere) {
            Kept::Nowhere => return Ok((None, None)),
            Kept::In(path) => path,
            Kept::By(storage) => {
                let (file, saved) = StateFile::in_storage(storage, self.durability)?;
                return Ok((Some(file), saved));
            }
        };
        let (file, saved) = StateFile::open(&path, self.durability)?;
        if self.folder.is_none() && self.credentials.is_none() {
            let mut folder = path.into_os_string();
            folder.push(".credentials");
            self.folder = Some(folder.into());
        }
        Ok((Some(file), saved))
    }

    /// What is to go wrong from the start.
    fn fault_plan(&self) -> Result<FaultPlan, FaultPlanError> {
        let mut plan = self.faults.clone();
        for path in &self.fault_files {
            plan.merge(FaultPlan::read(path)?);
        }
        plan.check()?;
        if self.engine.is_some() && !plan.docker.is_empty() {
            return Err(FaultPlanError::RealEngine);
        }
        Ok(plan)
    }

    /// What the engines of all machines are made of.
    fn recipe(&self) -> Result<Recipe, ScriptsError> {
        let mut all = self.scripts.clone();
        for path in &self.script_files {
            all.merge(scripts::read(path)?);
        }
        Ok(Recipe {
            scripts: all,
            assume_ok: self.assume_ok,
            pull_any: self.pull_any,
            registry: SharedRegistry::default(),
        })
    }

    /// The world at birth, and its subscriptions for the `.publishsettings`.
    fn world(
        &self,
        credentials: &Credentials,
        block: Prefix,
        clock: &Clock,
        seed: u64,
    ) -> Result<(World, Vec<(SubscriptionId, String)>), StartError> {
        let first = credentials.subscription_id();
        let now = clock.now();
        let holder = |thumbprint: String, der: Option<Vec<u8>>| ManagementCertificate {
            thumbprint: thumbprint.into(),
            der,
            created: now,
        };
        let own = holder(
            credentials.thumbprint(),
            Some(credentials.certificate_der()),
        );
        let mut terms = self.directory.clone();
        terms.certificates.push(credentials.certificate_der());
        let mut world = World::new(
            self.pace,
            seed,
            block,
            self.catalogue.clone(),
            self.gallery.clone(),
            Directory::born(seed, &terms),
        );
        if self.engine.is_some() && !self.engine_shared {
            world.ground.engine_claim = EngineClaim::One;
        }
        let mut told = vec![(first.clone(), "Simulated subscription".to_owned())];
        let holdings = Holdings::managed_by([own.clone()]);
        world.add_subscription(first.clone(), &told[0].1, holdings);
        for further in &self.subscriptions {
            let id = SubscriptionId::new(&further.id);
            let holdings = if further.certificates.is_empty() {
                told.push((id.clone(), further.name.clone()));
                Holdings::managed_by([own.clone()])
            } else {
                let thumbprints = further.certificates.iter();
                Holdings::managed_by(thumbprints.map(|t| holder(t.to_ascii_uppercase(), None)))
            };
            world.add_subscription(id, &further.name, holdings);
        }
        world.ground.taken_names.clone_from(&self.taken_names);
        for (name, location) in &self.storage_accounts {
            world.seed_storage_account(&first, name, location, now)?;
        }
        for (n, (name, location)) in self.affinity_groups.iter().enumerate() {
            let label = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, name);
            let command = affinity_group::Command::Create {
                name: name.into(),
                label,
                description: None,
                location: location.into(),
            };
            let request = Request {
                subscription: first.clone(),
                id: OperationId::new(&format!("{n:032x}")),
                object: String::new(),
                fault: None,
                command: command.into(),
            };
            world.perform(request, now)?;
        }
        self.seed_networks(&mut world, &first)?;
        for disk in &self.disks {
            world.seed_disk(&first, disk.clone())?;
        }
        world.settle(now);
        world.note_birth(now);
        Ok((world, told))
    }

    fn seed_networks(
        &self,
        world: &mut World,
        subscription: &SubscriptionId,
    ) -> Result<(), StartError> {
        for network in &self.networks {
            let prefix = |text: &str| {
                text.parse::<Prefix>()
                    .map_err(|error| StartError::Seed(error.to_string()))
            };
            let subnets = network
                .subnets
                .iter()
                .map(|(name, text)| {
                    Ok(Subnet {
                        name: name.into(),
                        prefix: prefix(text)?,
                    })
                })
                .collect::<Result<_, StartError>>()?;
            let made = VirtualNetwork {
                name: network.name.clone().into(),
                id: world.ground.sources.chance.guid(),
                place: network.place.clone(),
                address_space: vec![prefix(&network.address_space)?],
                subnets,
                dns_servers: Vec::new(),
                gateway: None,
                position: 0,
            };
            world.seed_virtual_network(subscription, made)?;
        }
        Ok(())
    }
}

/// The doors of today's Azure, before they are opened.
struct Today {
    origin: TcpListener,
    proxy: TcpListener,
    metadata: TcpListener,
    urls: Urls,
}

/// Where they are.
#[derive(Clone, Debug)]
struct Urls {
    origin: String,
    proxy: String,
    metadata: String,
}

impl Today {
    /// Listens: Resource Manager beside Service Management, and what is for this machine's
    /// programs alone on this machine alone.
    fn listen(beside: IpAddr) -> Result<Self, StartError> {
        let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let (origin, origin_at) = listen(SocketAddr::new(beside, 0))?;
        let (proxy, proxy_at) = listen(here)?;
        let (metadata, metadata_at) = listen(here)?;
        let origin_at = SocketAddr::new(reachable(origin_at.ip()), origin_at.port());
        Ok(Self {
            origin,
            proxy,
            metadata,
            urls: Urls {
                origin: format!("https://{origin_at}"),
                proxy: format!("http://{proxy_at}"),
                metadata: format!("http://{metadata_at}"),
            },
        })
    }

    /// Writes down what a program signs in with.
    fn service_principal(
        &self,
        folder: &Folder,
        cloud: &Cloud,
        credentials: &Credentials,
    ) -> Result<PathBuf, StartError> {
        let told = cloud.look(|world| {
            let directory = world.directory();
            let principal = directory.service_principal();
            serde_json::json!({
                "clientId": principal.map(|principal| &principal.id),
                "clientSecret": principal.map(|principal| principal.secret().text()),
                "subscriptionId": credentials.subscription_id(),
                "tenantId": directory.tenant(),
                "activeDirectoryEndpointUrl": self.urls.origin,
                "resourceManagerEndpointUrl": format!("{}/", self.urls.origin),
            })
        });
        let path = folder.path().join(folder::SERVICE_PRINCIPAL);
        write_private(&path, format!("{told:#}\n").as_bytes())?;
        Ok(path)
    }

    /// Lets everybody in.
    fn open(
        self,
        runtime: &Handle,
        cloud: &Cloud,
        exchanges: &Exchanges,
        leaves: Leaves,
        management: SocketAddr,
        (pace, upstream): (Pace, Upstream),
    ) -> Result<[(Listening, Task); 3], StartError> {
        let own = &self.urls.origin;
        let login = Login::new(cloud.clone(), own, pace);
        let origin = Origin::new(
            cloud.clone(),
            exchanges.clone(),
            leaves.server()?,
            login.clone(),
            own,
        );
        let metadata = InstanceMetadata::new(exchanges.clone(), login);
        let proxy = Proxy::new(
            cloud.clone(),
            exchanges.clone(),
            origin.clone(),
            metadata.clone(),
            management,
            upstream,
        );
        let (origin_open, origin_calls) = Listening::new(self.origin);
        let (proxy_open, proxy_calls) = Listening::new(self.proxy);
        let (metadata_open, metadata_calls) = Listening::new(self.metadata);
        let origin = net::accept(origin_calls, move |stream, _| origin.clone().serve(stream));
        let proxy = net::accept(proxy_calls, move |stream, _| proxy.clone().serve(stream));
        let metadata = net::accept(metadata_calls, move |stream, _| {
            metadata.clone().serve(stream)
        });
        Ok([
            (origin_open, Task::spawn(runtime, origin)),
            (proxy_open, Task::spawn(runtime, proxy)),
            (metadata_open, Task::spawn(runtime, metadata)),
        ])
    }
}

/// What happens in a cloud by itself.
fn time_of(cloud: &Cloud, runtime: &Handle) -> Task {
    let (clock_work, engine_work) = (cloud.clone().keep_time(), cloud.clone().keep_engines());
    Task::spawn(runtime, async {
        tokio::join!(clock_work, engine_work);
    })
}

/// What whoever started with a state file and this seed should know.
fn notices(
    file: Option<&StateFile>,
    asked: Option<u64>,
    saved: Option<&SavedState>,
) -> Vec<Notice> {
    let of_file = file.and_then(StateFile::notice).cloned();
    let seeds = asked.zip(saved.map(|saved| saved.seed));
    let of_seed = seeds.filter(|(asked, held)| asked != held);
    let of_seed = of_seed.map(|(asked, held)| Notice::SeedHolds { held, asked });
    of_file.into_iter().chain(of_seed).collect()
}

/// The seed of a simulator that was given none.
#[expect(
    clippy::disallowed_methods,
    reason = "whoever gives no seed wants chance"
)]
fn any_seed() -> u64 {
    rand::random()
}

/// Where a client finds who listens there: it cannot dial "any address", of which this machine's own
/// is meant.
fn reachable(listening: IpAddr) -> IpAddr {
    if listening.is_unspecified() {
        IpAddr::from(Ipv4Addr::LOCALHOST)
    } else {
        listening
    }
}

/// A listener at an address, and where that is.
fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let listening = net::listen(address).and_then(|listener| {
        let at = listener.local_addr()?;
        Ok((listener, at))
    });
    listening.map_err(|source| StartError::Listen { address, source })
}

/// The state file once it holds what the simulator begins with, which may be what it held.
fn begun(
    file: Option<StateFile>,
    state: &SavedState,
    is_same: bool,
) -> Result<Option<StateFile>, StateError> {
    let Some(mut file) = file else {
        return Ok(None);
    };
    if !(is_same && file.go_on(state.now)?) {
        file.save(state)?;
    }
    Ok(Some(file))
}

/// Whether a state is of a world that is run as this one is to be.
fn is_on_terms_of(saved: &SavedState, birth: &World) -> bool {
    saved.world.is_on_terms_of(birth).unwrap_or_else(|error| {
        tracing::error!(%error, "a world's terms cannot be compared");
        false
    })
}

/// Addresses for the machines: those that they had, or any that nobody has; a number says where to
/// look first.
fn claim(saved: Option<&SavedState>, from: u64) -> Result<Block, StartError> {
    let Some(saved) = saved else {
        let from = Chance::seeded(from).below(u32::MAX);
        return Block::claim(from).map_err(StartError::Addresses);
    };
    let prefix = saved.world.block();
    Block::claim_this(prefix).map_err(|source| StartError::OldAddresses { prefix, source })
}

/// The state that a simulator begins with: the one that was saved, under the terms of this
/// start, or that of a world at birth.
fn go_on(
    saved: Option<SavedState>,
    seed: u64,
    birth: &World,
    clock: &Clock,
    credentials: &Credentials,
) -> Result<SavedState, StartError> {
    let Some(mut saved) = saved else {
        let time = (clock.now(), clock.ahead());
        return Ok(SavedState::new(seed, 0, time, birth.clone()));
    };
    let first = credentials.subscription_id();
    if saved.world.of(&first).held.is_none() {
        return Err(StartError::OtherCredentials(first));
    }
    clock.go_on(saved.now, saved.ahead);
    saved.world.take_terms(birth);
    saved.world.take_people(birth);
    saved.world.settle(clock.now());
    let time = (clock.now(), clock.ahead());
    let state = SavedState::new(saved.seed, saved.openings + 1, time, saved.world);
    Ok(state.with_engines(saved.engines, saved.pushed))
}
