//! Lists of names with values.

use super::super::record::{DecodeError, Shape, Source, Tag, Wire, record};

/// Names and values in the service's order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Properties(Vec<(String, String)>);

impl Wire for Properties {
    fn read(from: Option<&dyn Source>, tag: Tag) -> Result<Self, DecodeError> {
        let all = Vec::<Property>::read(from, tag)?.into_iter();
        Ok(Self(all.map(|one| (one.name, one.value)).collect()))
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Properties(&self.0)
    }
}

record! {
    struct Property {
        name: String = "Name",
        value: String = "Value",
    }
}
