//! The program under measure or test: a process of its own, driven from outside.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde_json::Value;

/// An installation: a data directory, an address and a store of its own. It outlives the processes that serve it.
#[derive(Debug, Clone)]
pub struct Installation {
    binary: PathBuf,
    port: u16,
    flags: Vec<String>,
    population: u32,
}

impl Installation {
    /// The installation in `data`, on SQLite or in schemas of its own in the PostgreSQL at `store`, at a free port.
    pub fn new(
        binary: impl AsRef<Path>,
        data: &Path,
        population: u32,
        store: Option<&str>,
    ) -> anyhow::Result<Self> {
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut flags = vec!["--data".to_owned(), data.display().to_string()];
        if let Some(url) = store {
            let prefix = Self::prefix(port);
            flags.extend(["--store".to_owned(), url.to_owned(), "--store-prefix".to_owned(), prefix]);
        }
        Ok(Self { binary: binary.as_ref().to_owned(), port, flags, population })
    }

    fn prefix(port: u16) -> String {
        format!("p{port}_{}_", std::process::id())
    }

    /// What the names of its PostgreSQL schemas begin with.
    pub fn store_prefix(&self) -> String {
        Self::prefix(self.port)
    }

    /// `host:port`.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Where it is reached.
    pub fn base(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Starts `felles up` and waits until it says that it serves; gives how long that took.
    pub async fn up(&self) -> anyhow::Result<(Server, Duration)> {
        let begin = Instant::now();
        let mut child = Command::new(&self.binary)
            .arg("up")
            .args(&self.flags)
            .args(["--listen", &self.address(), "--population", &self.population.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .context("felles did not start")?;
        let printed = child.stdout.take().context("standard output is piped")?;
        let mut server = Server { child };
        let (serves, served) = tokio::sync::oneshot::channel();
        // Reads on after that: a pipe that nobody empties would hold the program up.
        std::thread::spawn(move || {
            let mut serves = Some(serves);
            for line in BufReader::new(printed).lines().map_while(Result::ok) {
                if line.starts_with("Felles serves")
                    && let Some(serves) = serves.take()
                {
                    // Nobody waits any longer where it took too long.
                    let _ = serves.send(());
                }
            }
        });
        // A large nation takes its time to make and load.
        let most = Duration::from_secs(300 + u64::from(self.population) / 1000);
        match tokio::time::timeout(most, served).await {
            Ok(Ok(())) => Ok((server, begin.elapsed())),
            Ok(Err(_)) => bail!("felles ended with {}", server.child.wait()?),
            Err(_) => bail!("felles does not serve after {} s", most.as_secs()),
        }
    }

    /// Runs another command on the installation; its success, standard output and standard error.
    pub fn run(&self, arguments: &[&str]) -> anyhow::Result<(bool, String, String)> {
        let output = Command::new(&self.binary).args(arguments).args(&self.flags).output()?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok((output.status.success(), text(&output.stdout), text(&output.stderr)))
    }

    /// Runs a command that prints JSON.
    pub fn json(&self, arguments: &[&str]) -> anyhow::Result<Value> {
        let (success, printed, complaint) = self.run(arguments)?;
        if !success {
            bail!("felles {}: {complaint}", arguments.join(" "));
        }
        Ok(serde_json::from_str(&printed)?)
    }
}

/// A running `felles`. Killed when it is dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
}

impl Server {
    /// Resident memory; MiB.
    pub fn resident(&self) -> anyhow::Result<f64> {
        self.memory("VmRSS:")
    }

    /// The most memory that was resident so far; MiB.
    pub fn peak(&self) -> anyhow::Result<f64> {
        self.memory("VmHWM:")
    }

    fn memory(&self, which: &str) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(which)).context("no such memory")?;
        let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kib / 1024.0)
    }

    /// Processor time that it has used; seconds.
    pub fn processor_time(&self) -> anyhow::Result<f64> {
        processor_time(self.child.id())
    }

    /// Asks it to end (SIGTERM) and waits.
    pub fn stop(mut self) -> anyhow::Result<()> {
        Command::new("kill").arg(self.child.id().to_string()).status()?;
        self.child.wait()?;
        Ok(())
    }

    /// Ends it where it stands (SIGKILL).
    pub fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

/// Processor time that a process has used; seconds.
pub fn processor_time(pid: u32) -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name, in parentheses, may hold spaces; utime and stime are the 12th and 13th fields after it, in ticks of a
    // hundredth of a second.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |n: usize| anyhow::Ok(fields.get(n).context("no processor time")?.parse::<f64>()?);
    Ok((ticks(11)? + ticks(12)?) / 100.0)
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already ended where `stop` or `kill` has been called.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
