//! Types of few values, each of which goes by a word of the service's.

/// Why a text is none of the words of a type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is none of the words for it")]
pub struct UnknownWord(pub(crate) String);

/// Makes a type of its values and their words: it is told, read and kept by these.
macro_rules! words {
    (
        $(#[$about:meta])*
        pub enum $name:ident {
            $($(#[$each:meta])* $kind:ident = $word:literal,)*
        }
    ) => {
        $(#[$about])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize,
        )]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$each])* #[serde(rename = $word)] $kind,)*
        }

        impl $name {
            /// All there are, in the service's own order.
            pub const ALL: &[Self] = &[$(Self::$kind),*];

            /// The service's word for it.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $word,)*
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::world::word::UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $($word => Ok(Self::$kind),)*
                    other => Err($crate::world::word::UnknownWord(other.to_owned())),
                }
            }
        }
    };
}

pub(crate) use words;
