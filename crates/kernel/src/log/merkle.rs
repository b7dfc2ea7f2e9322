//! The Merkle tree of RFC 6962, kept in tiles of 256 hashes as C2SP tlog-tiles lays them out.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::stretch;
use crate::params;
use crate::store::{Store, StoreError, Tx};

/// A SHA-256 hash.
pub type Hash = [u8; 32];

const TILE_HEIGHT: u32 = 8;
pub(super) const TILE_WIDTH: u64 = 1 << TILE_HEIGHT;

/// The hash of an entry: `SHA-256(0x00 ‖ entry)`.
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(entry).finalize().into()
}

fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The root of a complete subtree, from its leaves (a power of two of them).
pub(super) fn subtree(mut hashes: Vec<Hash>) -> Option<Hash> {
    while hashes.len() > 1 {
        hashes = hashes.chunks(2).filter_map(|pair| Some(node_hash(pair.first()?, pair.get(1)?))).collect();
    }
    hashes.pop()
}

/// The roots of the complete subtrees that make up a tree, largest first: all that appending needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Frontier {
    size: u64,
    roots: Vec<Hash>,
}

impl Frontier {
    pub(super) fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        // One subtree closes for every 1 at the low end of the size's binary form.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.roots.pop() {
                hash = node_hash(&left, &hash);
            }
        }
        self.roots.push(hash);
        self.size += 1;
    }

    pub(super) fn root(&self) -> Hash {
        let mut roots = self.roots.iter().rev();
        match roots.next() {
            Some(last) => roots.fold(*last, |right, left| node_hash(left, &right)),
            None => Sha256::digest([]).into(),
        }
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        self.roots.concat()
    }

    pub(super) fn from_bytes(size: u64, bytes: &[u8]) -> Option<Self> {
        let roots: Vec<Hash> = bytes.chunks(32).map(|hash| hash.try_into().ok()).collect::<Option<_>>()?;
        (roots.len() == size.count_ones() as usize).then_some(Self { size, roots })
    }
}

/// Stores the tiles that became full when the tree grew from `from` to `to` entries.
pub(super) async fn complete_tiles(tx: &mut Tx, from: u64, to: u64) -> Result<(), StoreError> {
    for tile in from / TILE_WIDTH..to / TILE_WIDTH {
        let first = tile * TILE_WIDTH;
        let leaves = stretch::read_in(tx, &stretch::LEAF, first, first + TILE_WIDTH).await?;
        let mut hashes = leaves.into_iter().map(|(_, leaf)| hash(leaf)).collect::<Result<Vec<_>, _>>()?;
        let (mut level, mut place) = (0_i64, tile);
        loop {
            tx.execute(
                "INSERT INTO tile (level, idx, hashes) VALUES ($1, $2, $3)",
                params![level, place as i64, hashes.concat()],
            )
            .await?;
            // The tile above is full when this was its last child.
            if place % TILE_WIDTH != TILE_WIDTH - 1 {
                break;
            }
            let above = place / TILE_WIDTH;
            let rows = tx
                .query(
                    "SELECT hashes FROM tile WHERE level = $1 AND idx >= $2 AND idx <= $3 ORDER BY idx",
                    params![level, (above * TILE_WIDTH) as i64, place as i64],
                )
                .await?;
            hashes = rows
                .iter()
                .map(|row| subtree(split(&row.get::<Vec<u8>>(0)?)?).ok_or_else(damaged))
                .collect::<Result<_, _>>()?;
            (level, place) = (level + 1, above);
        }
    }
    Ok(())
}

fn hash(bytes: Vec<u8>) -> Result<Hash, StoreError> {
    bytes.try_into().map_err(|_| damaged())
}

pub(super) fn split(bytes: &[u8]) -> Result<Vec<Hash>, StoreError> {
    bytes.chunks(32).map(|chunk| hash(chunk.to_vec())).collect()
}

fn damaged() -> StoreError {
    StoreError::Damaged("a tile of the access log".to_owned())
}

/// The hashes `first..first + count` of a tile level (level 0 are the leaves, level 1 the roots of 256 leaves, …).
async fn hashes(store: &Store, level: i64, first: u64, count: u64) -> Result<Vec<Hash>, StoreError> {
    let tile = first / TILE_WIDTH;
    let skip = (first % TILE_WIDTH) as usize;
    let full = store
        .query_opt("SELECT hashes FROM tile WHERE level = $1 AND idx = $2", params![level, tile as i64])
        .await?;
    let found: Vec<Hash> = match full {
        Some(row) => split(&row.get::<Vec<u8>>(0)?)?.into_iter().skip(skip).take(count as usize).collect(),
        None if level == 0 => {
            let leaves = stretch::read(store, &stretch::LEAF, first, first + count).await?;
            leaves.into_iter().map(|(_, leaf)| hash(leaf)).collect::<Result<_, _>>()?
        }
        None => {
            let rows = store
                .query(
                    "SELECT hashes FROM tile WHERE level = $1 AND idx >= $2 AND idx < $3 ORDER BY idx",
                    params![level - 1, first as i64, (first + count) as i64],
                )
                .await?;
            rows.iter()
                .map(|row| subtree(split(&row.get::<Vec<u8>>(0)?)?).ok_or_else(damaged))
                .collect::<Result<_, _>>()?
        }
    };
    if found.len() == count as usize { Ok(found) } else { Err(damaged()) }
}

/// The root of the complete subtree of `2^height` entries that begins at entry `first`.
async fn complete(store: &Store, first: u64, height: u32) -> Result<Hash, StoreError> {
    let level = height / TILE_HEIGHT;
    let count = 1_u64 << (height % TILE_HEIGHT);
    let first = first >> (level * TILE_HEIGHT);
    subtree(hashes(store, i64::from(level), first, count).await?).ok_or_else(damaged)
}

/// The root of the entries `start..end`, where `start` is a multiple of the largest power of two below `end - start`.
async fn range(store: &Store, start: u64, end: u64) -> Result<Hash, StoreError> {
    let mut roots = Vec::new();
    let mut at = start;
    while at < end {
        let height = (end - at).ilog2();
        roots.push(complete(store, at, height).await?);
        at += 1 << height;
    }
    let mut roots = roots.iter().rev();
    let last = *roots.next().ok_or_else(damaged)?;
    Ok(roots.fold(last, |right, left| node_hash(left, &right)))
}

/// The audit path of entry `index` in the tree of `size` entries, nearest sibling first (RFC 6962, 2.1.1).
pub(super) async fn path(store: &Store, index: u64, size: u64) -> Result<Vec<Hash>, StoreError> {
    let (mut start, mut end) = (0, size);
    let mut siblings = Vec::new();
    while end - start > 1 {
        let split = start + (end - start).next_power_of_two() / 2;
        if index < split {
            siblings.push((split, end));
            end = split;
        } else {
            siblings.push((start, split));
            start = split;
        }
    }
    let mut path = Vec::with_capacity(siblings.len());
    for (start, end) in siblings.into_iter().rev() {
        path.push(range(store, start, end).await?);
    }
    Ok(path)
}

/// A tile for the public: `width` hashes (256 for a full one).
pub(super) async fn tile(
    store: &Store,
    level: u8,
    index: u64,
    width: usize,
) -> Result<Option<Vec<u8>>, StoreError> {
    // Above level 6 a tree would have more entries than a row number can count.
    if level > 6 || width == 0 || width as u64 > TILE_WIDTH || index > (i64::MAX as u64 >> 16) {
        return Ok(None);
    }
    match hashes(store, level.into(), index * TILE_WIDTH, width as u64).await {
        Ok(hashes) => Ok(Some(hashes.concat())),
        Err(StoreError::Damaged(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether `leaf` at `index` and the audit `path` give `root` for a tree of `size` (RFC 9162, 2.1.3.2).
pub fn verify_inclusion(leaf: Hash, index: u64, size: u64, path: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut last, mut hash) = (index, size - 1, leaf);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if node % 2 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            while node % 2 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// That an entry is in the log, in a form that anyone can check with the checkpoint's public key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct InclusionProof {
    /// The entry's place, from 0.
    pub index: u64,
    /// How many entries the tree of the checkpoint has.
    pub size: u64,
    /// The entry, to the byte.
    pub entry: String,
    /// The audit path, nearest sibling first.
    #[serde(with = "hex_hashes")]
    pub path: Vec<Hash>,
    /// The signed note.
    pub checkpoint: String,
}

impl InclusionProof {
    /// Whether the checkpoint is signed by `verifier`'s key and the entry is in its tree.
    pub fn verify(&self, verifier: &super::NoteVerifier) -> bool {
        verifier.open(&self.checkpoint).is_some_and(|(size, root)| {
            size == self.size
                && verify_inclusion(leaf_hash(self.entry.as_bytes()), self.index, size, &self.path, &root)
        })
    }
}

/// Hashes as lower-case hexadecimal.
mod hex_hashes {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    use super::super::note::hex;
    use super::Hash;

    pub(super) fn serialize<S: Serializer>(hashes: &[Hash], out: S) -> Result<S::Ok, S::Error> {
        out.collect_seq(hashes.iter().map(|hash| hex(hash)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Hash>, D::Error> {
        let texts = Vec::<String>::deserialize(from)?;
        texts
            .iter()
            .map(|text| parse(text).ok_or_else(|| D::Error::custom("not a SHA-256 in hexadecimal")))
            .collect()
    }

    fn parse(text: &str) -> Option<Hash> {
        let mut hash = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (place, byte) in hash.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(place * 2..place * 2 + 2)?, 16).ok()?;
        }
        Some(hash)
    }
}
