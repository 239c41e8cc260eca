//! A user and mount namespace in which the simulated names resolve.
