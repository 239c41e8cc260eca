//! Which hosts a command looks for.

use crate::settings::mode::Mode;

/// Which hosts are looked for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Wanted<'a> {
    /// Those of this public name, whole or its first label.
    pub(super) dns_name: Option<&'a str>,
    /// Those in this resource group.
    pub(super) group: Option<&'a str>,
    /// Those of the cloud of this mode; a record of the other is told of where there is none.
    pub(super) mode: Mode,
}

impl<'a> Wanted<'a> {
    /// The public name, where it is whole.
    pub(super) fn whole_name(self) -> Option<&'a str> {
        self.dns_name.filter(|name| name.contains('.'))
    }
}
