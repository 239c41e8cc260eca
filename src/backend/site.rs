//! What a cloud's own habits decide, so that the story need not know any cloud.

/// The sizes, ports and limits of a cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Site {
    /// The size of a machine whose size was not chosen.
    pub default_size: &'static str,
    /// The port of ssh inside a machine.
    pub ssh: u16,
    /// The port of remote desktops inside a machine.
    pub remote_desktop: u16,
    /// The most that is taken as custom data, in bytes.
    pub custom_data: usize,
    /// The longest name of a Windows machine, in characters.
    pub windows_name: usize,
}

impl Site {
    /// Classic Azure; the size is the 2014 CLI's choice.
    pub const CLASSIC: Self = Self {
        default_size: "Small",
        ssh: 22,
        remote_desktop: 3389,
        custom_data: 65_535,
        windows_name: 15,
    };
}
