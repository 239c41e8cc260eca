//! A running simulator, and what it is started with.

mod birth;
mod doors;
mod failure;
mod going_on;
mod options;
mod today;

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fake_docker::process::script::Scripts;
use fake_docker::registry::SharedRegistry;
use simulation::Clock;
use simulation::log::Durability;
use simulation::net::{self, Listening, Task};
use tokio::runtime::Handle;

use crate::admin::{self, Gate};
use crate::asm::{Door, Misplaced};
use crate::ca_bundle::CaBundle;
use crate::cloud::{self, Beginning, Cloud};
use crate::credentials::{CredentialFiles, Credentials, CredentialsError, Validity};
use crate::faults::{FaultPlan, FaultPlanError};
use crate::folder::{self, Folder};
use crate::guest::engine_address::EngineAddress;
use crate::guest::engines::{Engines, Plan};
use crate::guest::recipe::Recipe;
use crate::home::{self, Home};
use crate::hosts::HostsFile;
use crate::journal::Journal;
use crate::leaves::Leaves;
use crate::net::loopback::Block;
use crate::notice::Notice;
use crate::pace::Pace;
use crate::proxy::Upstream;
use crate::scripts::{self, ScriptsError};
use crate::skin::Exchanges;
use crate::state::OwnStorage;
use crate::uploads::{Limits, Uploads};
use crate::world::catalogue::Catalogue;
use crate::world::directory::DirectoryTerms;
use crate::world::gallery::Gallery;
use crate::world::{Disk, Name, Place, SubscriptionId, World};

use self::doors::{listen, reachable};
pub use self::failure::StartError;
use self::going_on::{begun, claim, go_on, is_on_terms_of, notices};
use self::today::{Today, Urls};

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
    today: today::Places,
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

impl FakeAzure {
    /// Begins to describe a simulator.
    pub fn builder() -> Builder {
        Builder {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            admin_listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            today: today::Places::default(),
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
        let identity = credentials.issue_server(&names, Validity::at(cloud.clock()))?;
        let uploads = Uploads::new(self.limits);
        let today = Today::listen(self.today, self.listen.ip())?;
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
        let exchanges = Exchanges::new(cloud.clone(), uploads.of_managed());
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
}

/// What happens in a cloud by itself.
fn time_of(cloud: &Cloud, runtime: &Handle) -> Task {
    let (clock_work, engine_work) = (cloud.clone().keep_time(), cloud.clone().keep_engines());
    Task::spawn(runtime, async {
        tokio::join!(clock_work, engine_work);
    })
}

/// The seed of a simulator that was given none.
#[expect(
    clippy::disallowed_methods,
    reason = "whoever gives no seed wants chance"
)]
fn any_seed() -> u64 {
    rand::random()
}
