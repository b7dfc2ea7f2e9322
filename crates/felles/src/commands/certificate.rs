//! `felles certificate test`: an enterprise certificate of the installation's own test authority, with its key, for programs
//! that ask Maskinporten for tokens by certificate.

use anyhow::{Context as _, ensure};
use clap::{Args, Subcommand, ValueEnum};
use kernel::clock::Clock;
use kernel::id::Orgnr;
use kernel::jose::Alg;
use kernel::rng::Rng;

use crate::config::{File, Options, place};
use crate::secrets::Secrets;
use crate::server::open_store;

/// See [`CertificateCommand`].
#[derive(Debug, Args)]
pub struct Certificate {
    #[command(subcommand)]
    command: CertificateCommand,
}

#[derive(Debug, Subcommand)]
enum CertificateCommand {
    /// Issue an enterprise certificate to a synthetic business, and print it, its authorities' and the private key as PEM
    Test(Test),
}

/// Which standard of Norwegian certificates names the business.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Seid {
    /// The number as serialNumber
    #[value(name = "1")]
    One,
    /// The number as organizationIdentifier, after NTRNO-
    #[value(name = "2")]
    Two,
}

/// What the key is.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum KeyAlg {
    /// RSA, 2048 bits
    #[value(name = "RS256")]
    Rs256,
    /// P-256
    #[value(name = "ES256")]
    Es256,
}

#[derive(Debug, Args)]
struct Test {
    #[command(flatten)]
    options: Options,
    /// The business
    #[arg(long, value_name = "ORGNR")]
    orgnr: String,
    /// What it is called; without it, TESTVIRKSOMHET and the number
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// What the key signs
    #[arg(long, value_enum, ignore_case = true, default_value = "RS256")]
    alg: KeyAlg,
    /// The version of SEID that the certificate is of
    #[arg(long, value_enum, default_value = "2")]
    seid: Seid,
    /// Where the installation is reached: the certificate says where revoked ones are listed
    #[arg(long, default_value = "http://localhost:8080", env = "FELLES_URL", value_name = "URL")]
    url: String,
}

impl Certificate {
    /// Runs the command.
    pub async fn run(self) -> anyhow::Result<()> {
        let CertificateCommand::Test(test) = self.command;
        super::say(test.issue().await?.trim_end());
        Ok(())
    }
}

impl Test {
    /// The chain and the key, PEM.
    async fn issue(&self) -> anyhow::Result<String> {
        let orgnr = Orgnr::parse(&self.orgnr).with_context(|| format!("--orgnr {}", self.orgnr))?;
        let place = place(&self.options)?;
        ensure!(
            !File::read(&self.options.data)?.production,
            "this installation is for real people: it has no test authority"
        );
        let (store, master) =
            (open_store(&place, maskinporten::NAME).await?, Secrets::of(&self.options.data).master()?);
        let (rng, now) = (Rng::system(), Clock::system().now());
        let crl = format!("{}{}", self.url.trim_end_matches('/'), clients::maskinporten::TEST_CRL_PATH);
        let ca = maskinporten::TestCa::open(&store, &master, &rng, now, crl).await?;
        let name = self.name.clone().unwrap_or_else(|| format!("TESTVIRKSOMHET {orgnr}"));
        let seid = match self.seid {
            Seid::One => maskinporten::Seid::One,
            Seid::Two => maskinporten::Seid::Two,
        };
        let alg = match self.alg {
            KeyAlg::Rs256 => Alg::RS256,
            KeyAlg::Es256 => Alg::ES256,
        };
        let subject = maskinporten::Subject { orgnr, name: &name, seid, alg };
        let issued = ca.issue(&store, &rng, now, subject).await?;
        Ok(issued.certificate_pem + &issued.private_key_pem)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use kernel::jose::SigningKey;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        test: Test,
    }

    #[tokio::test]
    async fn a_business_gets_a_certificate_with_its_key_and_a_real_installation_gives_none() {
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().to_str().unwrap();
        let mut file = File::default();
        file.write(directory.path()).unwrap();
        Secrets::of(directory.path()).bytes("master", &Rng::system()).unwrap();
        let line = |orgnr: &str, alg: &str| {
            Line::parse_from(["x", "--data", data, "--orgnr", orgnr, "--alg", alg, "--seid", "1"]).test
        };
        for alg in ["RS256", "es256"] {
            let printed = line("310000027", alg).issue().await.unwrap();
            assert_eq!(printed.matches("BEGIN CERTIFICATE").count(), 3);
            let key = SigningKey::from_pkcs8_pem(&printed).unwrap();
            assert!(key.alg().as_str().eq_ignore_ascii_case(alg));
        }
        assert!(line("310000028", "RS256").issue().await.unwrap_err().to_string().contains("310000028"));
        file.production = true;
        file.write(directory.path()).unwrap();
        assert!(line("310000027", "RS256").issue().await.unwrap_err().to_string().contains("real people"));
    }
}
