//! What the special names of a layer take away.

use std::io::Read;

use super::Extraction;
use crate::files::errno::Errno;
use crate::files::layer::{OPAQUE, WHITEOUT, WHITEOUT_META};
use crate::files::view::Place;

impl<R: Read> Extraction<R> {
    /// Takes away what `name`, which begins as a whiteout does, says.
    pub(super) fn whiteout(&mut self, parent: Place, name: &str) -> Result<(), Errno> {
        if name == OPAQUE {
            return self.opaque(parent);
        }
        if name.starts_with(WHITEOUT_META) {
            return Ok(()); // the bookkeeping of an old driver
        }
        let name = name.strip_prefix(WHITEOUT).unwrap_or(name);
        match self.view.child(parent, name) {
            Ok(place) => self.remove(parent, name, place),
            Err(_) => Ok(()), // a lower layer never had it
        }
    }

    /// Takes away what lies in a directory and did not come with this layer.
    fn opaque(&mut self, directory: Place) -> Result<(), Errno> {
        let mut todo = vec![directory];
        while let Some(directory) = todo.pop() {
            for name in self.view.names(directory)? {
                let place = self.view.child(directory, &name)?;
                if !self.own.contains(&place) {
                    self.remove(directory, &name, place)?;
                } else if self.is_directory(place)? {
                    todo.push(place);
                }
            }
        }
        Ok(())
    }
}
