//! What can be asked of the world, with few enough names that requests meet each other.

use proptest::prelude::*;

/// A hosted service, `s0` to `s1`.
pub(crate) type Service = u8;
/// A role, `r0` to `r2`.
pub(crate) type Role = u8;
/// A blob, `b0` to `b6`; the last two are in the second account.
pub(crate) type Blob = u8;
/// An image of either kind, `i0` to `i1`.
pub(crate) type Image = u8;
/// A reserved address, `p0` to `p1`.
pub(crate) type Reserved = u8;
/// A storage account: the first or the second.
pub(crate) type Account = u8;

/// Where a machine's system comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source {
    Gallery,
    Image(Image),
    VmImage(Image),
    /// The disk of the blob, which must be there.
    Disk,
}

/// A machine to be made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Machine {
    pub(crate) role: Role,
    pub(crate) source: Source,
    pub(crate) blob: Blob,
    pub(crate) port: u16,
    /// Whether it uses the service's certificate.
    pub(crate) keyed: bool,
}

/// What becomes of a machine's power.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    Start,
    Restart,
    Redeploy,
    Stop,
    Deallocate,
}

/// A request, or time that passes.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Pass(u64),
    CreateGroup,
    DeleteGroup,
    CreateAccount(Account),
    DeleteAccount(Account),
    CreateService(Service, bool),
    UpdateService(Service),
    DeleteService(Service, bool),
    AddCertificate(Service),
    DeleteCertificate(Service),
    CreateDeployment(Service, Machine, Option<Reserved>, bool),
    DeleteDeployment(Service, bool),
    AddRole(Service, Machine),
    UpdateRole(Service, Role, u16),
    DeleteRole(Service, Role, bool),
    Power(Service, Role, Wish),
    AddDataDisk(Service, Role, u32, Blob, bool),
    UpdateDataDisk(Service, Role, u32),
    DeleteDataDisk(Service, Role, u32, bool),
    Capture(Service, Role, Image),
    CaptureVm(Service, Role, Image, bool),
    CreateDisk(Blob),
    UpdateDisk(Blob),
    DeleteDisk(Blob),
    CreateImage(Image, Blob),
    DeleteImage(Image),
    CreateVmImage(Image, Blob),
    DeleteVmImage(Image),
    CreateReserved(Reserved),
    DeleteReserved(Reserved),
    Associate(Reserved, Service),
    Disassociate(Reserved, Service),
    SetNetwork(bool),
    AddBalancer(Service),
    DeleteBalancer(Service),
    AddDnsServer(Service),
    DeleteDnsServer(Service),
}

fn service() -> impl Strategy<Value = Service> {
    0..2_u8
}

fn role() -> impl Strategy<Value = Role> {
    0..3_u8
}

fn blob() -> impl Strategy<Value = Blob> {
    0..7_u8
}

fn image() -> impl Strategy<Value = Image> {
    0..2_u8
}

fn port() -> impl Strategy<Value = u16> {
    prop_oneof![Just(22_u16), Just(80_u16), Just(443_u16)]
}

fn machine() -> impl Strategy<Value = Machine> {
    let source = prop_oneof![
        5 => Just(Source::Gallery),
        1 => image().prop_map(Source::Image),
        1 => image().prop_map(Source::VmImage),
        1 => Just(Source::Disk),
    ];
    let keyed = prop_oneof![5 => Just(false), 1 => Just(true)];
    (role(), source, blob(), port(), keyed).prop_map(|(role, source, blob, port, keyed)| Machine {
        role,
        source,
        blob,
        port,
        keyed,
    })
}

/// Any request; time passes often, since a service is locked after most.
pub(crate) fn any() -> BoxedStrategy<Step> {
    use Step as S;
    let wish = prop_oneof![
        Just(Wish::Start),
        Just(Wish::Restart),
        Just(Wish::Redeploy),
        Just(Wish::Stop),
        Just(Wish::Deallocate),
    ];
    let alone = prop_oneof![
        Just(S::CreateGroup),
        Just(S::DeleteGroup),
        (0..2_u8).prop_map(S::CreateAccount),
        (0..2_u8).prop_map(S::DeleteAccount),
        any_of(S::SetNetwork),
    ];
    let services = prop_oneof![
        3 => (service(), proptest::bool::weighted(0.2)).prop_map(|(s, g)| S::CreateService(s, g)),
        1 => service().prop_map(S::UpdateService),
        1 => (service(), proptest::bool::ANY).prop_map(|(s, m)| S::DeleteService(s, m)),
        1 => service().prop_map(S::AddCertificate),
        1 => service().prop_map(S::DeleteCertificate),
    ];
    let reserved = || 0..2_u8;
    let deployments = prop_oneof![
        6 => (service(), machine(), proptest::option::weighted(0.3, reserved()), proptest::bool::weighted(0.2))
            .prop_map(|(s, m, p, n)| S::CreateDeployment(s, m, p, n)),
        1 => (service(), proptest::bool::ANY).prop_map(|(s, m)| S::DeleteDeployment(s, m)),
        3 => (service(), machine()).prop_map(|(s, m)| S::AddRole(s, m)),
        1 => (service(), role(), port()).prop_map(|(s, r, p)| S::UpdateRole(s, r, p)),
        1 => (service(), role(), proptest::bool::ANY).prop_map(|(s, r, m)| S::DeleteRole(s, r, m)),
        3 => (service(), role(), wish).prop_map(|(s, r, w)| S::Power(s, r, w)),
        1 => service().prop_map(S::AddBalancer),
        1 => service().prop_map(S::DeleteBalancer),
        1 => service().prop_map(S::AddDnsServer),
        1 => service().prop_map(S::DeleteDnsServer),
    ];
    let lun = || 0..3_u32;
    let disks = prop_oneof![
        3 => (service(), role(), lun(), blob(), proptest::bool::ANY)
            .prop_map(|(s, r, l, b, new)| S::AddDataDisk(s, r, l, b, new)),
        1 => (service(), role(), lun()).prop_map(|(s, r, l)| S::UpdateDataDisk(s, r, l)),
        1 => (service(), role(), lun(), proptest::bool::ANY)
            .prop_map(|(s, r, l, m)| S::DeleteDataDisk(s, r, l, m)),
        1 => blob().prop_map(S::CreateDisk),
        1 => blob().prop_map(S::UpdateDisk),
        1 => blob().prop_map(S::DeleteDisk),
    ];
    let images = prop_oneof![
        2 => (service(), role(), image()).prop_map(|(s, r, i)| S::Capture(s, r, i)),
        2 => (service(), role(), image(), proptest::bool::ANY)
            .prop_map(|(s, r, i, g)| S::CaptureVm(s, r, i, g)),
        1 => (image(), blob()).prop_map(|(i, b)| S::CreateImage(i, b)),
        1 => image().prop_map(S::DeleteImage),
        1 => (image(), blob()).prop_map(|(i, b)| S::CreateVmImage(i, b)),
        1 => image().prop_map(S::DeleteVmImage),
    ];
    let addresses = prop_oneof![
        2 => reserved().prop_map(S::CreateReserved),
        1 => reserved().prop_map(S::DeleteReserved),
        1 => (reserved(), service()).prop_map(|(p, s)| S::Associate(p, s)),
        1 => (reserved(), service()).prop_map(|(p, s)| S::Disassociate(p, s)),
    ];
    prop_oneof![
        10 => (1..100_u64).prop_map(S::Pass),
        1 => alone,
        3 => services,
        9 => deployments,
        4 => disks,
        3 => images,
        2 => addresses,
    ]
    .boxed()
}

fn any_of(step: fn(bool) -> Step) -> impl Strategy<Value = Step> {
    proptest::bool::ANY.prop_map(step)
}

/// Requests of every kind, with most of the names: out of these the ones are chosen that fit a
/// state, so that sequences get somewhere.
pub(crate) fn all() -> Vec<Step> {
    use Step as S;
    let mut all = vec![S::Pass(31), S::Pass(60), S::CreateGroup, S::DeleteGroup];
    all.extend([S::SetNetwork(true), S::SetNetwork(false)]);
    for n in 0..2 {
        all.extend([S::CreateAccount(n), S::DeleteAccount(n)]);
        all.extend([S::CreateReserved(n), S::DeleteReserved(n)]);
        all.extend([S::DeleteImage(n), S::DeleteVmImage(n)]);
        for s in 0..2 {
            all.extend([S::Associate(n, s), S::Disassociate(n, s)]);
        }
    }
    for b in 0..7 {
        all.extend([S::CreateDisk(b), S::UpdateDisk(b), S::DeleteDisk(b)]);
        for i in 0..2 {
            all.extend([S::CreateImage(i, b), S::CreateVmImage(i, b)]);
        }
    }
    for s in 0..2 {
        all.extend([S::CreateService(s, false), S::CreateService(s, true)]);
        all.extend([S::DeleteService(s, false), S::DeleteService(s, true)]);
        all.extend([S::AddCertificate(s), S::DeleteCertificate(s)]);
        all.extend([S::DeleteDeployment(s, false), S::DeleteDeployment(s, true)]);
        all.extend([S::AddBalancer(s), S::DeleteBalancer(s)]);
        all.extend([
            S::AddDnsServer(s),
            S::DeleteDnsServer(s),
            S::UpdateService(s),
        ]);
        for role in 0..3 {
            all.extend(of_role(s, role));
        }
    }
    all
}

/// What can be asked about one machine, there or not.
fn of_role(s: Service, role: Role) -> Vec<Step> {
    use Step as S;
    let mut all = Vec::new();
    let sources = [
        Source::Gallery,
        Source::Image(0),
        Source::Image(1),
        Source::VmImage(0),
        Source::VmImage(1),
        Source::Disk,
    ];
    for blob in 0..7 {
        for source in sources {
            let machine = Machine {
                role,
                source,
                blob,
                port: [22, 80, 443][usize::from(role)],
                keyed: role == 2,
            };
            all.push(S::AddRole(s, machine));
            all.push(S::CreateDeployment(s, machine, None, blob % 2 == 0));
            all.push(S::CreateDeployment(s, machine, Some(blob % 2), false));
        }
        for lun in 0..3 {
            all.push(S::AddDataDisk(s, role, lun, blob, true));
            all.push(S::AddDataDisk(s, role, lun, blob, false));
        }
    }
    for lun in 0..3 {
        all.push(S::UpdateDataDisk(s, role, lun));
        all.push(S::DeleteDataDisk(s, role, lun, false));
        all.push(S::DeleteDataDisk(s, role, lun, true));
    }
    for wish in [
        Wish::Start,
        Wish::Restart,
        Wish::Redeploy,
        Wish::Stop,
        Wish::Deallocate,
    ] {
        all.push(S::Power(s, role, wish));
    }
    for image in 0..2 {
        all.push(S::Capture(s, role, image));
        all.push(S::CaptureVm(s, role, image, false));
        all.push(S::CaptureVm(s, role, image, true));
    }
    all.push(S::UpdateRole(s, role, 22));
    all.push(S::UpdateRole(s, role, 443));
    all.push(S::DeleteRole(s, role, false));
    all.push(S::DeleteRole(s, role, true));
    all
}
