//! What runs inside a virtual machine.

mod client_words;
pub(crate) mod daemon;
pub(crate) mod engine_address;
pub(crate) mod engines;
pub(crate) mod keeping;
pub(crate) mod lazy_engine;
pub(crate) mod lazy_tls;
pub(crate) mod machine_ports;
pub(crate) mod mutual_tls;
mod own_calls;
pub(crate) mod real_engine;
pub(crate) mod recipe;
