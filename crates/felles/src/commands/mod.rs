//! One file per command of the command line.

pub mod birth;
pub mod certificate;
pub mod client;
pub mod export;
pub mod import;
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

/// The refusal with the component's own words, for the terminal.
fn refusal(error: clients::ClientError) -> anyhow::Error {
    anyhow::Error::msg(error.in_full())
}
