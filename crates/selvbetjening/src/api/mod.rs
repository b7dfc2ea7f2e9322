//! One file per resource.

pub mod access;
pub mod clients;
pub mod customers;
pub mod keys;
pub mod scopes;
