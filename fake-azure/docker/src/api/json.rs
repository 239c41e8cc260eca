//! JSON as Go reads it: the letters of a member's name may be capital or small, the last of two
//! members of one name counts, null leaves what is there, and errors have Go's words.

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess,
    SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::{Error, Number, Value};

use crate::fault::Fault;
use crate::state::config::kind_of;
use crate::state::go_json::syntax_error;

/// Reads the documents of a body: one, none, or too many.
pub(super) fn document(body: &[u8]) -> Result<Option<Value>, Fault> {
    let mut documents = serde_json::Deserializer::from_slice(body).into_iter::<Value>();
    let value = match documents.next() {
        None => return Ok(None),
        Some(Ok(value)) => value,
        Some(Err(error)) => return Err(invalid(&syntax_error(&error, body))),
    };
    match documents.next() {
        None => Ok(Some(value)),
        Some(_) => Err(Fault::Invalid("unexpected content after JSON".to_owned())),
    }
}

/// Reads a value as a document of this type.
pub(super) fn typed<T: DeserializeOwned>(value: Value) -> Result<T, Fault> {
    read(None, value)
}

/// Reads a value as a document of this type, where it is a part of a Go structure of this name.
pub(super) fn part<T: DeserializeOwned>(name: &'static str, value: Value) -> Result<T, Fault> {
    read(Some(name), value)
}

fn read<T: DeserializeOwned>(name: Option<&'static str>, value: Value) -> Result<T, Fault> {
    let place = None;
    T::deserialize(Reader { value, place, name }).map_err(|error| invalid(&error.to_string()))
}

fn invalid(words: &str) -> Fault {
    Fault::Invalid(format!("invalid JSON: {words}"))
}

/// A member of a structure, and where that stands.
#[derive(Clone, Copy)]
struct Place<'a> {
    structure: &'static str,
    member: &'static str,
    above: Option<&'a Self>,
}

impl Place<'_> {
    fn path(&self) -> String {
        match self.above {
            Some(above) => format!("{}.{}", above.path(), self.member),
            None => self.member.to_owned(),
        }
    }
}

struct Reader<'a> {
    value: Value,
    place: Option<&'a Place<'a>>,
    /// What Go calls the structure, where that is not its name here.
    name: Option<&'static str>,
}

impl Reader<'_> {
    fn mismatch(&self, wanted: &str) -> Error {
        let found = kind_of(&self.value);
        self.complaint(found, wanted)
    }

    fn complaint(&self, found: &str, wanted: &str) -> Error {
        let target = match self.place {
            Some(place) => format!("struct field {}.{}", place.structure, place.path()),
            None => "value".to_owned(),
        };
        Error::custom(format!(
            "json: cannot unmarshal {found} into Go {target} of type {wanted}"
        ))
    }

    fn number<T>(&self, wanted: &str, read: impl Fn(&Number) -> Option<T>) -> Result<T, Error>
    where
        T: Default,
    {
        match &self.value {
            Value::Null => Ok(T::default()),
            Value::Number(number) => {
                read(number).ok_or_else(|| self.complaint(&format!("number {number}"), wanted))
            }
            _ => Err(self.mismatch(wanted)),
        }
    }
}

macro_rules! integers {
    ($($method:ident $visit:ident $type:ty, $go:literal, $read:ident;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            visitor.$visit(self.number($go, |number| <$type>::try_from(number.$read()?).ok())?)
        }
    )*};
}

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.value.deserialize_any(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::Null => visitor.visit_bool(false),
            Value::Bool(value) => visitor.visit_bool(value),
            _ => Err(self.mismatch("bool")),
        }
    }

    integers! {
        deserialize_i8 visit_i8 i8, "int8", as_i64;
        deserialize_i16 visit_i16 i16, "int16", as_i64;
        deserialize_i32 visit_i32 i32, "int", as_i64;
        deserialize_i64 visit_i64 i64, "int64", as_i64;
        deserialize_u8 visit_u8 u8, "uint8", as_u64;
        deserialize_u16 visit_u16 u16, "uint16", as_u64;
        deserialize_u32 visit_u32 u32, "uint", as_u64;
        deserialize_u64 visit_u64 u64, "uint64", as_u64;
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_f64(self.number("float64", Number::as_f64)?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::Null => visitor.visit_string(String::new()),
            Value::String(text) => visitor.visit_string(text),
            _ => Err(self.mismatch("string")),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_string(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::Null => visitor.visit_seq(Items::of(Vec::new(), 0, None)),
            Value::Array(items) => {
                let count = items.len();
                visitor.visit_seq(Items::of(items, count, self.place))
            }
            _ => Err(self.mismatch("[]string")),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.value {
            Value::Null => visitor.visit_seq(Items::of(Vec::new(), length, None)),
            // What an array of Go's has no room for is dropped, and what is missing is zero.
            Value::Array(items) => visitor.visit_seq(Items::of(items, length, self.place)),
            _ => Err(self.mismatch(&format!("[{length}]uint"))),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let members = match self.value {
            Value::Null => serde_json::Map::new(),
            Value::Object(members) => members,
            _ => return Err(self.mismatch("map[string]string")),
        };
        visitor.visit_map(Entries {
            left: members.into_iter(),
            value: Value::Null,
            place: self.place,
        })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let structure = self.name.unwrap_or(name);
        let members = match self.value {
            Value::Null => serde_json::Map::new(),
            Value::Object(members) => members,
            _ => return Err(self.mismatch(&format!("container.{structure}"))),
        };
        visitor.visit_map(Members {
            left: known(members, fields).into_iter(),
            value: Value::Null,
            place: Place {
                structure,
                member: "",
                above: self.place,
            },
        })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.value.deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        i128 u128 f32 char bytes byte_buf unit unit_struct tuple_struct identifier
    }
}

/// The members that a structure has room for, each once.
fn known(
    members: serde_json::Map<String, Value>,
    fields: &'static [&'static str],
) -> Vec<(&'static str, Value)> {
    let mut known: Vec<(&'static str, Value)> = Vec::with_capacity(members.len());
    // Most clients write members in the structure's order: look on from where the last one was.
    let mut next = 0;
    for (name, value) in members {
        if value.is_null() {
            continue;
        }
        let (before, behind) = fields.split_at(next);
        let in_turn = || behind.iter().chain(before);
        let field = in_turn()
            .find(|field| **field == name)
            .or_else(|| in_turn().find(|field| field.eq_ignore_ascii_case(&name)));
        let Some(field) = field else { continue };
        next = fields.iter().position(|each| each == field).unwrap_or(0) + 1;
        match known.iter_mut().find(|(each, _)| each == field) {
            Some((_, earlier)) => *earlier = value,
            None => known.push((field, value)),
        }
    }
    known
}

struct Members<'a> {
    left: std::vec::IntoIter<(&'static str, Value)>,
    value: Value,
    place: Place<'a>,
}

impl<'de> MapAccess<'de> for Members<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let Some((member, value)) = self.left.next() else {
            return Ok(None);
        };
        self.value = value;
        self.place.member = member;
        seed.deserialize(BorrowedStrDeserializer::new(member))
            .map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(Reader {
            value: self.value.take(),
            place: Some(&self.place),
            name: None,
        })
    }
}

struct Entries<'a> {
    left: serde_json::map::IntoIter,
    value: Value,
    place: Option<&'a Place<'a>>,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let Some((key, value)) = self.left.next() else {
            return Ok(None);
        };
        self.value = value;
        seed.deserialize(key.into_deserializer()).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(Reader {
            value: self.value.take(),
            place: self.place,
            name: None,
        })
    }
}

struct Items<'a> {
    values: std::vec::IntoIter<Value>,
    left: usize,
    place: Option<&'a Place<'a>>,
}

impl<'a> Items<'a> {
    fn of(items: Vec<Value>, count: usize, place: Option<&'a Place<'a>>) -> Self {
        Self {
            values: items.into_iter(),
            left: count,
            place,
        }
    }
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let reader = Reader {
            value: self.values.next().unwrap_or_default(),
            place: self.place,
            name: None,
        };
        seed.deserialize(reader).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::config::Config;
    use crate::state::host_config::HostConfig;
    use crate::state::network::request::NetworkRequest;

    fn read<T: DeserializeOwned>(text: &str) -> Result<T, String> {
        document(text.as_bytes())
            .and_then(|value| typed(value.unwrap_or_default()))
            .map_err(|error| error.to_string())
    }

    fn host(text: &str) -> HostConfig {
        read(text).unwrap()
    }

    #[test]
    fn names_of_members_are_capital_or_small_and_the_last_counts() {
        let config = host(
            r#"{"binds":["a:/b"],"MEMORY":1,"memory":2,"Memory":3,"autoremove":true,
                "logconfig":{"type":"none","CONFIG":{"Max-Size":"1m"}},
                "portBindings":{"80/tcp":[{"hostport":"8080","HOSTIP":"::1"}]}}"#,
        );
        assert_eq!(config.binds.unwrap(), ["a:/b"]);
        assert_eq!(config.memory, 3);
        assert!(config.auto_remove);
        assert_eq!(config.log_config.driver, "none");
        // What is a map's key and not a member keeps its letters.
        assert_eq!(config.log_config.config.unwrap()["Max-Size"], "1m");
        let bound = config.port_bindings.unwrap();
        let bound = bound["80/tcp"].as_ref().unwrap();
        assert_eq!((&*bound[0].host_ip, &*bound[0].host_port), ("::1", "8080"));

        let network: NetworkRequest =
            read(r#"{"name":"n","enableipv6":true,"ipam":{"driver":"x"}}"#).unwrap();
        assert_eq!(
            (network.name.as_str(), network.enable_ipv6),
            ("n", Some(true))
        );
        assert_eq!(network.ipam.unwrap().driver, "x");
    }

    #[test]
    fn null_is_nothing_wherever_it_stands() {
        let config = host(r#"{"Memory":5,"memory":null,"Binds":null,"Privileged":null}"#);
        assert_eq!((config.memory, config.privileged), (5, false));
        assert_eq!(config.binds, None);
        let config = host(r#"{"ConsoleSize":[7],"Dns":["1.1.1.1",null],"Sysctls":{"a":null}}"#);
        assert_eq!(config.console_size, [7, 0]);
        assert_eq!(config.dns.unwrap(), ["1.1.1.1", ""]);
        assert_eq!(config.sysctls.unwrap()["a"], "");
    }

    #[test]
    fn wrong_types_are_told_in_go_s_words() {
        for (text, words) in [
            (
                r#"{"Memory":"x"}"#,
                "json: cannot unmarshal string into Go struct field HostConfig.Memory of type int64",
            ),
            (
                r#"{"memory":1.5}"#,
                "json: cannot unmarshal number 1.5 into Go struct field HostConfig.Memory of type int64",
            ),
            (
                r#"{"RestartPolicy":{"Name":[]}}"#,
                "json: cannot unmarshal array into Go struct field RestartPolicy.RestartPolicy.Name of type string",
            ),
            (
                r#"{"Binds":{}}"#,
                "json: cannot unmarshal object into Go struct field HostConfig.Binds of type []string",
            ),
            (
                r#"{"Binds":[true]}"#,
                "json: cannot unmarshal bool into Go struct field HostConfig.Binds of type string",
            ),
            (
                "[]",
                "json: cannot unmarshal array into Go value of type container.HostConfig",
            ),
        ] {
            let told = read::<HostConfig>(text).unwrap_err();
            assert_eq!(told, format!("invalid JSON: {words}"), "{text}");
        }
        let told = part::<Config>("CreateRequest", serde_json::json!({"tty": "x"})).unwrap_err();
        assert_eq!(
            told.to_string(),
            "invalid JSON: json: cannot unmarshal string into Go struct field CreateRequest.Tty of type bool"
        );
    }

    #[test]
    fn what_is_no_json_is_told_in_go_s_words() {
        for (text, words) in [
            ("{", "invalid JSON: unexpected EOF"),
            ("{}{}", "unexpected content after JSON"),
            (
                "x",
                "invalid JSON: invalid character 'x' looking for beginning of value",
            ),
            (
                "{\n\"a\":1 x}",
                "invalid JSON: invalid character 'x' after object key:value pair",
            ),
            (
                "{\"a\":1,}",
                "invalid JSON: invalid character '}' looking for beginning of object key string",
            ),
            (
                "{a:1}",
                "invalid JSON: invalid character 'a' looking for beginning of object key string",
            ),
            (
                "{\"a\" 1}",
                "invalid JSON: invalid character '1' after object key",
            ),
            (
                "[1 2]",
                "invalid JSON: invalid character '2' after array element",
            ),
            (
                "[1,]",
                "invalid JSON: invalid character ']' looking for beginning of value",
            ),
        ] {
            let told = document(text.as_bytes()).unwrap_err();
            assert_eq!(told.to_string(), words, "{text}");
        }
        assert_eq!(document(b" \n"), Ok(None));
    }
}
