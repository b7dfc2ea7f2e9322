//! One file per command of the command line.

pub mod birth;
pub mod certificate;
pub mod client;
pub mod keys;
pub mod live;
pub mod log;
pub mod migrate;
pub mod nation;
pub mod nummer;
pub mod openapi;
pub mod scope;
pub mod up;

/// Prints a line of a command's result.
#[expect(clippy::print_stdout, reason = "what a command is asked for goes to standard output")]
pub fn say(line: &str) {
    println!("{line}");
}
