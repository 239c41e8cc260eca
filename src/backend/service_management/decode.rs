//! From an [`Element`] to a value.

use std::borrow::Cow;

use super::element::Element;
use super::record::{DecodeError, Manner, Source, Tag};

impl Source for Element {
    fn field(&self, _record: &str, tag: Tag) -> Result<Option<&dyn Source>, DecodeError> {
        if tag.manner == Manner::Attribute {
            let found = self.attribute_text(tag.name);
            return Ok(found.map(|text| -> &dyn Source { text }));
        }
        Ok(self.child(tag.name).map(|child| -> &dyn Source { child }))
    }

    fn members(&self) -> Result<Vec<&dyn Source>, DecodeError> {
        let all = self.children().iter();
        Ok(all.map(|child| -> &dyn Source { child }).collect())
    }

    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(Self::text(self))
    }

    fn markup(&self) -> String {
        self.to_xml()
    }

    fn is_nil(&self) -> bool {
        Self::is_nil(self)
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::{decode, list, record};
    use super::*;

    record! {
        /// Any thing.
        #[derive(PartialEq, Eq)]
        struct Place {
            name: String = "Name",
            description: Option<String> = "Description",
            services: Vec<String> = list("Services", "Service"),
            count: Option<u32> = "Count",
        }
    }

    fn read(text: &str) -> Result<Place, DecodeError> {
        decode(&Element::parse(text).unwrap())
    }

    #[test]
    fn order_does_not_matter_and_strangers_are_passed_over() {
        let place = read(
            "<P><Services><S>a</S><T>b</T></Services><New><X/></New><Count> 3 </Count><Name>n</Name></P>",
        );

        assert_eq!(
            place,
            Ok(Place {
                name: "n".to_owned(),
                description: None,
                services: vec!["a".to_owned(), "b".to_owned()],
                count: Some(3),
            })
        );
    }

    #[test]
    fn an_empty_element_is_an_empty_text_and_a_nil_one_is_absent() {
        let empty = read("<P><Description/></P>").unwrap();
        let nil = read(r#"<P xmlns:i="y"><Description i:nil="true"/></P>"#).unwrap();

        assert_eq!(empty.description.as_deref(), Some(""));
        assert_eq!(nil.description, None);
    }

    #[test]
    fn a_number_that_is_none_is_named() {
        let error = read("<P><Count>many</Count></P>").unwrap_err();

        assert_eq!(error.to_string(), "`Count` is not a number: `many`");
    }
}
