//! Gets the stores' files into memory after a start.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// Reads the SQLite files of a directory once, on a thread of its own. A file that has not been read since the machine started is
/// read page by page, and in a nation of millions the first hours' look-ups each wait for the disk; read in one go it takes seconds.
///
/// Nothing is read where the files do not fit in four fifths of the memory that is to be had, or where the system does not say how
/// much that is.
pub fn warm(directory: &Path) {
    let mut files = files(directory);
    let sum: u64 = files.iter().map(|(size, _)| size).sum();
    if available().is_none_or(|memory| sum > memory / 5 * 4) {
        tracing::debug!(bytes = sum, "the stores' files are not read ahead: they may not fit in memory");
        return;
    }
    files.sort_unstable();
    let read = move || {
        for (_, path) in files {
            // What cannot be read now is read when it is needed.
            let _ = File::open(path).and_then(|mut file| std::io::copy(&mut file, &mut std::io::sink()));
        }
    };
    let _ = std::thread::Builder::new().name("store-warm".to_owned()).spawn(read);
}

/// The SQLite files of a directory, with their sizes in bytes.
fn files(directory: &Path) -> Vec<(u64, PathBuf)> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path());
    entries
        .filter(|path| path.extension().is_some_and(|extension| extension == "sqlite"))
        .filter_map(|path| Some((fs::metadata(&path).ok()?.len(), path)))
        .collect()
}

/// Memory that can be had without taking it from a program; bytes.
fn available() -> Option<u64> {
    let told = fs::read_to_string("/proc/meminfo").ok()?;
    let line = told.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    Some(line.trim().trim_end_matches(" kB").parse::<u64>().ok()? * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_stores_files_are_read() {
        let directory = tempfile::tempdir().unwrap();
        for (name, size) in [("a.sqlite", 3), ("b.sqlite", 5), ("b.sqlite-wal", 7), ("felles.toml", 9)] {
            fs::write(directory.path().join(name), vec![0; size]).unwrap();
        }
        let mut found: Vec<u64> = files(directory.path()).into_iter().map(|(size, _)| size).collect();
        found.sort_unstable();
        assert_eq!(found, [3, 5]);
        assert!(files(&directory.path().join("nothing")).is_empty());
        if cfg!(target_os = "linux") {
            assert!(available().unwrap() > 1 << 20);
        }
    }
}
