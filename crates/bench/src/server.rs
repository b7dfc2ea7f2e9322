//! The program under measure: a process of its own, driven from outside.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde_json::Value;

/// A running `felles`.
pub struct Server {
    child: Child,
    /// `host:port`.
    pub address: String,
    flags: Vec<String>,
    binary: String,
}

impl Server {
    /// Starts `felles up` and waits until it serves; gives how long that took.
    pub async fn start(data: &Path, population: u32, store: Option<&str>) -> anyhow::Result<(Self, Duration)> {
        let binary = std::env::var("FELLES_BIN").context("FELLES_BIN names the program to measure")?;
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let address = format!("127.0.0.1:{port}");
        let mut flags = vec!["--data".to_owned(), data.display().to_string()];
        if let Some(url) = store {
            flags.extend(["--store".to_owned(), url.to_owned()]);
            flags.extend(["--store-prefix".to_owned(), format!("bench{population}_")]);
        }
        let begin = Instant::now();
        let child = Command::new(&binary)
            .arg("up")
            .args(&flags)
            .args(["--listen", &address, "--population", &population.to_string()])
            .stdout(Stdio::null())
            .spawn()
            .context("felles did not start")?;
        let mut server = Self { child, address, flags, binary };
        loop {
            if tokio::net::TcpStream::connect(&server.address).await.is_ok() {
                return Ok((server, begin.elapsed()));
            }
            if let Some(status) = server.child.try_wait()? {
                bail!("felles ended with {status}");
            }
            if begin.elapsed() > Duration::from_secs(300) {
                bail!("felles does not serve after five minutes");
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Where it is reached.
    pub fn base(&self) -> String {
        format!("http://localhost:{}", self.address.rsplit(':').next().unwrap_or_default())
    }

    /// Runs another command on the same installation; what it prints, as JSON.
    pub fn command(&self, arguments: &[&str]) -> anyhow::Result<Value> {
        let output = Command::new(&self.binary).args(arguments).args(&self.flags).output()?;
        if !output.status.success() {
            bail!("felles {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr));
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    /// Resident memory; MiB.
    pub fn resident(&self) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kib / 1024.0)
    }

    /// Processor time that it has used; seconds.
    pub fn processor_time(&self) -> anyhow::Result<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name, in parentheses, may hold spaces; utime and stime are the 12th and 13th fields after it, in ticks of
        // a hundredth of a second.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks: f64 = fields.get(11).context("no utime")?.parse::<f64>()? + fields.get(12).context("no stime")?.parse::<f64>()?;
        Ok(ticks / 100.0)
    }

    /// Asks it to end and waits.
    pub fn stop(mut self) -> anyhow::Result<()> {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already ended where `stop` has been called.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
