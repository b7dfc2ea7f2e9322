//! `./bench`: measures Felles from outside, over HTTP, and prints one line `name value unit` for each measure.

mod load;
mod server;

fn main() {}
