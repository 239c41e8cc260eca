//! What a simulator may be told before it starts.

use std::net::SocketAddr;
use std::path::PathBuf;

use fake_docker::process::script::Scripts;
use jiff::Timestamp;
use simulation::log::{Durability, Storage};

use super::{Builder, Kept, NetworkSeed, Subscription};
use crate::asm::Misplaced;
use crate::credentials::Credentials;
use crate::faults::FaultPlan;
use crate::guest::engine_address::EngineAddress;
use crate::home;
use crate::pace::Pace;
use crate::proxy::Upstream;
use crate::state::OwnStorage;
use crate::uploads::Limits;
use crate::world::directory::{Approval, ClientSecret, Secret};
use crate::world::{
    self, Disk, GalleryExtension, Image, Location, Maintenance, Name, Place, VmImage, public_name,
};

impl Builder {
    /// Where the management API listens; 127.0.0.1 and any port unless told.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// Where Resource Manager, its metadata and the authority listen; unless told, at the address of
    /// the management API and any port.
    pub fn listen_resource_manager(mut self, address: SocketAddr) -> Self {
        self.today.origin = Some(address);
        self
    }

    /// Where the proxy listens in which Azure's names end; 127.0.0.1 and any port unless told. Who
    /// reaches it reaches through it what this machine does.
    pub fn listen_proxy(mut self, address: SocketAddr) -> Self {
        self.today.proxy = Some(address);
        self
    }

    /// Where the metadata service listens; 127.0.0.1 and any port unless told. Who reaches it is
    /// given tokens.
    pub fn listen_metadata_service(mut self, address: SocketAddr) -> Self {
        self.today.metadata = Some(address);
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
    /// holds from now on; its seed does not, where the state has another ([`crate::FakeAzure::notices`]).
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
}
