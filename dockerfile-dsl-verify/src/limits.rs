//! Bounds on time and memory. What goes beyond one is reported as not searched.

/// How far the search goes into what is nested.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Limits {
    /// Containers and compressions inside of each other, the layer's own among them.
    pub depth: usize,
    /// Bytes that may be unpacked from any image, however small.
    pub decoded: u64,
    /// Bytes that may be unpacked beyond that, for each byte of the image.
    pub ratio: u64,
    /// The largest window or dictionary of a decoder, in bytes.
    pub window: usize,
    /// The largest JSON document that is read as one; larger ones are searched as bytes.
    pub document: u64,
    /// The most paths that are remembered to tell which files a later layer deletes.
    pub paths: u64,
    /// How many threads decode and search. Each has a further one that only computes digests.
    pub threads: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let threads = std::thread::available_parallelism()
            .map_or(1, usize::from)
            .min(4);
        Self {
            depth: 8,
            decoded: 4 << 30,
            ratio: 64,
            window: 32 << 20,
            document: 4 << 20,
            paths: 1_000_000,
            threads,
        }
    }
}
