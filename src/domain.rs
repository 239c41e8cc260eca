//! The words of the field as types that are valid once they exist.

pub mod address;
pub mod cert_dir;
pub mod name;
pub mod near;
pub mod password;
pub mod port;
pub mod shown;
pub mod size;
pub mod thumbprint;
pub mod user;

pub use cert_dir::{CertDir, CertDirError};
pub use name::{
    NameError, ReservedIpName, ServiceName, ServiceNameError, StorageAccountName, VmName,
};
pub use near::{did_you_mean, near};
pub use password::{Password, PasswordError};
pub use port::{Port, PortError};
pub use shown::{cut, harmless, is_harmful};
pub use size::{RoleSize, RoleSizeError};
pub use thumbprint::thumbprint;
pub use user::{UserName, UserNameError};
