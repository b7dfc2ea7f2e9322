//! npm's oidc-provider, which Felles is measured against: a process of its own that keeps nothing durably.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::Context as _;
use bench::server::processor_time;
use kernel::jose::{Alg, SigningKey};

/// A running peer. Ended with its owner.
pub struct Peer {
    child: Child,
    /// What it says. Kept open: it says more later on, and would die of nobody listening.
    said: BufReader<ChildStdout>,
    port: u16,
    /// The key of the client `peer`.
    pub key: SigningKey,
}

impl Peer {
    /// Starts `script` of the peers' directory; `None` where there is none (`BENCH_PEERS`).
    pub fn start(script: &str, more: &[&str]) -> anyhow::Result<Option<Self>> {
        let Ok(directory) = std::env::var("BENCH_PEERS") else { return Ok(None) };
        let key = SigningKey::generate(Alg::ES256)?;
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut child = Command::new("node")
            .args([script, &port.to_string(), &serde_json::to_string(key.public_jwk())?])
            .args(more)
            .current_dir(directory)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("node")?;
        let said = child.stdout.take().context("node says nothing")?;
        let mut peer = Self { child, said: BufReader::new(said), port, key };
        let mut line = String::new();
        while line.trim() != "ready" {
            line.clear();
            anyhow::ensure!(peer.said.read_line(&mut line)? > 0, "the peer did not start");
        }
        Ok(Some(peer))
    }

    /// `host:port`.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Its issuer.
    pub fn issuer(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Processor time that it has used; seconds.
    pub fn processor_time(&self) -> anyhow::Result<f64> {
        processor_time(self.child.id())
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
