//! Drives a running Felles from outside, as a process of its own and over HTTP: for `./bench`, and for the tests that
//! kill it.

pub mod hospital;
pub mod load;
pub mod server;

pub use hospital::Hospital;
pub use server::{Installation, Server};
