//! Why a call failed, as Linux numbers and words it.

/// The error of a system call.
///
/// Its words are those of glibc's `strerror`, which is what most tools print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Errno {
    /// `EPERM`
    #[error("Operation not permitted")]
    NotPermitted,
    /// `ENOENT`
    #[error("No such file or directory")]
    NotFound,
    /// `ESRCH`
    #[error("No such process")]
    NoProcess,
    /// `EINTR`
    #[error("Interrupted system call")]
    Interrupted,
    /// `EIO`
    #[error("Input/output error")]
    InputOutput,
    /// `ENXIO`
    #[error("No such device or address")]
    NoDevice,
    /// `ENOEXEC`
    #[error("Exec format error")]
    ExecFormat,
    /// `EBADF`
    #[error("Bad file descriptor")]
    BadDescriptor,
    /// `ECHILD`
    #[error("No child processes")]
    NoChild,
    /// `EAGAIN`
    #[error("Resource temporarily unavailable")]
    WouldBlock,
    /// `ENOMEM`
    #[error("Cannot allocate memory")]
    NoMemory,
    /// `EACCES`
    #[error("Permission denied")]
    Access,
    /// `EBUSY`
    #[error("Device or resource busy")]
    Busy,
    /// `EEXIST`
    #[error("File exists")]
    Exists,
    /// `EXDEV`
    #[error("Invalid cross-device link")]
    CrossDevice,
    /// `ENOTDIR`
    #[error("Not a directory")]
    NotDirectory,
    /// `EISDIR`
    #[error("Is a directory")]
    IsDirectory,
    /// `EINVAL`
    #[error("Invalid argument")]
    Invalid,
    /// `EMFILE`
    #[error("Too many open files")]
    TooManyOpen,
    /// `ENOTTY`
    #[error("Inappropriate ioctl for device")]
    NotTerminal,
    /// `EFBIG`
    #[error("File too large")]
    TooLarge,
    /// `ENOSPC`
    #[error("No space left on device")]
    NoSpace,
    /// `ESPIPE`
    #[error("Illegal seek")]
    NoSeek,
    /// `EROFS`
    #[error("Read-only file system")]
    ReadOnly,
    /// `EMLINK`
    #[error("Too many links")]
    TooManyLinks,
    /// `EPIPE`
    #[error("Broken pipe")]
    BrokenPipe,
    /// `ENAMETOOLONG`
    #[error("File name too long")]
    NameTooLong,
    /// `ENOTEMPTY`
    #[error("Directory not empty")]
    NotEmpty,
    /// `ELOOP`
    #[error("Too many levels of symbolic links")]
    Loop,
    /// `EOPNOTSUPP`
    #[error("Operation not supported")]
    NotSupported,
    /// `EADDRINUSE`
    #[error("Address already in use")]
    AddressInUse,
    /// `ENETUNREACH`
    #[error("Network is unreachable")]
    Unreachable,
    /// `ECONNRESET`
    #[error("Connection reset by peer")]
    ConnectionReset,
    /// `ETIMEDOUT`
    #[error("Connection timed out")]
    TimedOut,
    /// `ECONNREFUSED`
    #[error("Connection refused")]
    Refused,
    /// `EHOSTUNREACH`
    #[error("No route to host")]
    NoRoute,
}

impl Errno {
    /// Returns its words as Go's programs print them.
    pub fn lowercase(self) -> String {
        self.to_string().to_lowercase()
    }

    /// Returns the number that Linux gives it.
    pub const fn number(self) -> i32 {
        match self {
            Self::NotPermitted => 1,
            Self::NotFound => 2,
            Self::NoProcess => 3,
            Self::Interrupted => 4,
            Self::InputOutput => 5,
            Self::NoDevice => 6,
            Self::ExecFormat => 8,
            Self::BadDescriptor => 9,
            Self::NoChild => 10,
            Self::WouldBlock => 11,
            Self::NoMemory => 12,
            Self::Access => 13,
            Self::Busy => 16,
            Self::Exists => 17,
            Self::CrossDevice => 18,
            Self::NotDirectory => 20,
            Self::IsDirectory => 21,
            Self::Invalid => 22,
            Self::TooManyOpen => 24,
            Self::NotTerminal => 25,
            Self::TooLarge => 27,
            Self::NoSpace => 28,
            Self::NoSeek => 29,
            Self::ReadOnly => 30,
            Self::TooManyLinks => 31,
            Self::BrokenPipe => 32,
            Self::NameTooLong => 36,
            Self::NotEmpty => 39,
            Self::Loop => 40,
            Self::NotSupported => 95,
            Self::AddressInUse => 98,
            Self::Unreachable => 101,
            Self::ConnectionReset => 104,
            Self::TimedOut => 110,
            Self::Refused => 111,
            Self::NoRoute => 113,
        }
    }
}
