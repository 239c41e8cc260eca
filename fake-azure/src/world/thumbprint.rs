//! What certificates are found by.

use super::spelling::spelled;

spelled! {
    /// The SHA-1 of a certificate in hexadecimal, as somebody told it.
    pub struct Thumbprint;
}
