//! Inputs that are kept, and others that are made of them: for tests of whatever reads what strangers send.
//!
//! A corpus is a directory of files, each an input, well-formed or broken once; those whose name begins with `good` are what
//! the reader must take. Every run tries each of them, and then inputs that are made of them: bytes changed, cut out,
//! repeated or put in, two inputs joined, and the same done inside what is base64url. What gives an answer that nothing before
//! gave is made more of.
//!
//! An input that fails is written into the corpus, to be committed: it is tried first from then on. `FELLES_FUZZ_SECONDS`
//! searches for so long; with `FELLES_FUZZ_KEEP` it also writes what gave a new answer.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "runs in tests alone, and says what it has done"
)]

use std::collections::BTreeSet;
use std::hash::{BuildHasher as _, DefaultHasher, Hash as _, Hasher as _, RandomState};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::time::Instant;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// How many inputs a run makes that is not told how long to search.
const QUICK: u64 = 512;
/// Most inputs that more are made of.
const POOL: usize = 4096;
/// Longest input that is kept, or that more are made of; bytes.
const LONGEST: usize = 8 * 1024;
/// What readers stumble over.
const PIECES: [&[u8]; 28] = [
    b"",
    b"\0",
    b"\n",
    b"\r\n",
    b" ",
    b"+",
    b"%",
    b"%00",
    b"%C0%80",
    b"\xff\xfe",
    b"&",
    b"=",
    b"==",
    b";",
    b".",
    b"..",
    b"~",
    b"~~",
    b"null",
    b"{}",
    b"[]",
    b"[[[[[[[[[[[[[[[[",
    b"-1",
    b"9223372036854775808",
    b"1e999",
    b"\"",
    b"\\u0000",
    "\u{fffd}\u{202e}".as_bytes(),
];

/// A corpus, read.
#[derive(Debug)]
pub struct Corpus {
    directory: PathBuf,
    good: BTreeSet<Vec<u8>>,
    inputs: Vec<Vec<u8>>,
}

impl Corpus {
    /// Reads a directory.
    ///
    /// # Panics
    /// Where it cannot be read, or holds nothing good.
    pub fn read(directory: impl AsRef<Path>) -> Self {
        let directory = directory.as_ref().to_owned();
        let entries = std::fs::read_dir(&directory).expect("the corpus is there");
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
        // What has failed once comes first, and the rest in the order of names.
        paths.sort_by_key(|path| (!starts(path, "failed"), path.clone()));
        let read = |path: &PathBuf| std::fs::read(path).expect("an input can be read");
        let good: BTreeSet<Vec<u8>> = paths.iter().filter(|path| starts(path, "good")).map(read).collect();
        assert!(!good.is_empty(), "{} holds nothing good", directory.display());
        Self { good, inputs: paths.iter().map(read).collect(), directory }
    }

    /// All of them.
    pub fn inputs(&self) -> &[Vec<u8>] {
        &self.inputs
    }

    /// Whether this is one of the inputs that must be taken, to the last byte.
    pub fn is_good(&self, input: &[u8]) -> bool {
        self.good.contains(input)
    }

    /// Tries `property` with every input and with what is made of them. It panics where something is wrong, and otherwise
    /// tells in a few words what became of the input.
    ///
    /// # Panics
    /// Where the property does.
    pub fn run(&self, property: impl Fn(&[u8]) -> String) {
        let seconds = std::env::var("FELLES_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok());
        let keep = std::env::var_os("FELLES_FUZZ_KEEP").is_some();
        // The same inputs each time, unless it is a search.
        let mut chance = Chance(seconds.map_or(1, |_: u64| RandomState::new().hash_one(1) | 1));
        let (mut pool, mut answers) = (self.inputs.clone(), BTreeSet::new());
        for input in &self.inputs {
            answers.insert(self.try_one(&property, input));
        }
        let known = answers.len();
        let (start, mut made) = (Instant::now(), 0u64);
        while seconds.map_or(made < QUICK, |seconds| start.elapsed().as_secs() < seconds) {
            let input = chance.made_of(&pool);
            made += 1;
            if answers.insert(self.try_one(&property, &input)) && input.len() <= LONGEST && pool.len() < POOL
            {
                if keep {
                    self.write("found", &input);
                }
                pool.push(input);
            }
        }
        let name = self.directory.file_name().unwrap_or_default().to_string_lossy();
        println!(
            "{name}: {} kept inputs and {made} made of them gave {} answers, {} of them new",
            self.inputs.len(),
            answers.len(),
            answers.len() - known
        );
    }

    fn try_one(&self, property: &impl Fn(&[u8]) -> String, input: &[u8]) -> String {
        match catch_unwind(AssertUnwindSafe(|| property(input))) {
            Ok(answer) => answer,
            Err(panic) => {
                if self.inputs.iter().all(|kept| kept != input) {
                    println!("this input fails, and is kept: {}", self.write("failed", input).display());
                }
                resume_unwind(panic);
            }
        }
    }

    fn write(&self, kind: &str, input: &[u8]) -> PathBuf {
        let mut hasher = DefaultHasher::new();
        input.hash(&mut hasher);
        let path = self.directory.join(format!("{kind}-{:016x}", hasher.finish()));
        std::fs::write(&path, input).expect("an input can be written");
        path
    }
}

fn starts(path: &Path, with: &str) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(with))
}

/// Chance that is quick and need not be good (xorshift64*).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let wide = u128::from(self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)) * bound as u128;
        (wide >> 64) as usize
    }

    fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }

    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let from = self.below(length + 1);
        let most = if self.below(4) == 0 { length - from } else { (length - from).min(8) };
        from..from + self.below(most + 1)
    }

    /// An input made of one or two others.
    fn made_of(&mut self, pool: &[Vec<u8>]) -> Vec<u8> {
        let mut input = pool[self.below(pool.len())].clone();
        for _ in 0..=self.below(4) {
            input = if self.below(3) == 0 { self.inside(&input, pool) } else { self.changed(input, pool) };
        }
        input
    }

    /// One change.
    fn changed(&mut self, mut input: Vec<u8>, pool: &[Vec<u8>]) -> Vec<u8> {
        let range = self.range(input.len());
        match self.below(8) {
            0 if !input.is_empty() => {
                let at = self.below(input.len());
                input[at] ^= 1 << self.below(8);
            }
            1 => drop(input.drain(range)),
            2 => {
                let again = input[range.clone()].repeat(1 + self.below(40));
                input.splice(range.start..range.start, again);
            }
            3 => drop(input.splice(range, self.one(&PIECES).iter().copied())),
            4 => {
                let other = &pool[self.below(pool.len())];
                let part = self.range(other.len());
                input.splice(range, other[part].iter().copied());
            }
            5 => {
                let other = &pool[self.below(pool.len())];
                input.truncate(range.start);
                input.extend_from_slice(&other[self.below(other.len() + 1)..]);
            }
            6 => drop(input.splice(range.start..range.start, [self.below(256) as u8])),
            _ => {
                // A digit for a digit, a letter for a letter.
                for byte in &mut input[range] {
                    *byte = match *byte {
                        b'0'..=b'9' => b'0' + self.below(10) as u8,
                        b'a'..=b'z' => b'a' + self.below(26) as u8,
                        b'A'..=b'Z' => b'A' + self.below(26) as u8,
                        other => other,
                    };
                }
            }
        }
        input.truncate(4 * LONGEST);
        input
    }

    /// A change of one of the parts that `.` and `~` divide an input into, inside its base64url.
    fn inside(&mut self, input: &[u8], pool: &[Vec<u8>]) -> Vec<u8> {
        let mut parts: Vec<Vec<u8>> =
            input.split_inclusive(|byte| b".~".contains(byte)).map(<[u8]>::to_vec).collect();
        if parts.is_empty() {
            return self.changed(input.to_vec(), pool);
        }
        let at = self.below(parts.len());
        let part = &mut parts[at];
        let end = part.pop_if(|last| b".~".contains(last));
        *part = match URL_SAFE_NO_PAD.decode(&part) {
            Ok(decoded) => URL_SAFE_NO_PAD.encode(self.changed(decoded, pool)).into_bytes(),
            Err(_) => self.changed(std::mem::take(part), pool),
        };
        part.extend(end);
        parts.concat()
    }
}
