//! Classic Azure itself: the Service Management API over mutual TLS.

mod client;
mod decode;
mod element;
mod fault;
mod http;
pub mod read;
mod record;
mod value;
pub mod write;

pub use client::{Answered, Client, PREMIUM_SIZE};
pub use element::{Element, XmlError};
pub use http::{
    Connection, Endpoint, EndpointError, Exchange, IdentityError, ManagementIdentity, Observer,
    Patience, Transport, Waits,
};
pub use record::{DecodeError, Manner, Shape, Source, Tag, Wire, decode};
