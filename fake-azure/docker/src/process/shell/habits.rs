//! What bash's `shopt` switches.

/// What is switched on, each by its place among the names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Habits(u64);

/// The names that bash 5.2 knows, in its order, and whether each is on in a script.
const NAMES: [(&str, bool); 57] = [
    ("autocd", false),
    ("assoc_expand_once", false),
    ("cdable_vars", false),
    ("cdspell", false),
    ("checkhash", false),
    ("checkjobs", false),
    ("checkwinsize", true),
    ("cmdhist", true),
    ("compat31", false),
    ("compat32", false),
    ("compat40", false),
    ("compat41", false),
    ("compat42", false),
    ("compat43", false),
    ("compat44", false),
    ("complete_fullquote", true),
    ("direxpand", false),
    ("dirspell", false),
    ("dotglob", false),
    ("execfail", false),
    ("expand_aliases", false),
    ("extdebug", false),
    ("extglob", false),
    ("extquote", true),
    ("failglob", false),
    ("force_fignore", true),
    ("globasciiranges", true),
    ("globskipdots", true),
    ("globstar", false),
    ("gnu_errfmt", false),
    ("histappend", false),
    ("histreedit", false),
    ("histverify", false),
    ("hostcomplete", true),
    ("huponexit", false),
    ("inherit_errexit", false),
    ("interactive_comments", true),
    ("lastpipe", false),
    ("lithist", false),
    ("localvar_inherit", false),
    ("localvar_unset", false),
    ("login_shell", false),
    ("mailwarn", false),
    ("no_empty_cmd_completion", false),
    ("nocaseglob", false),
    ("nocasematch", false),
    ("noexpand_translation", false),
    ("nullglob", false),
    ("patsub_replacement", true),
    ("progcomp", true),
    ("progcomp_alias", false),
    ("promptvars", true),
    ("restricted_shell", false),
    ("shift_verbose", false),
    ("sourcepath", true),
    ("varredir_close", false),
    ("xpg_echo", false),
];

impl Default for Habits {
    fn default() -> Self {
        let on = NAMES.iter().enumerate().filter(|(_, (_, is_on))| *is_on);
        Self(on.fold(0, |bits, (at, _)| bits | 1 << at))
    }
}

impl Habits {
    /// Whether one is on; none of a name that bash does not know.
    pub(super) fn get(self, name: &str) -> Option<bool> {
        let at = NAMES.iter().position(|(known, _)| *known == name)?;
        Some(self.0 & 1 << at != 0)
    }

    pub(super) fn has(self, name: &str) -> bool {
        self.get(name) == Some(true)
    }

    /// Switches one on or off; false of a name that bash does not know.
    pub(super) fn set(&mut self, name: &str, is_on: bool) -> bool {
        let Some(at) = NAMES.iter().position(|(known, _)| *known == name) else {
            return false;
        };
        if is_on {
            self.0 |= 1 << at;
        } else {
            self.0 &= !(1 << at);
        }
        true
    }

    /// All names, in bash's order.
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(name, _)| *name)
    }
}
