//! Bounds on time and memory. Data beyond a bound is reported as not searched.

/// Bounds of the search in nested data.
///
/// ```no_run
/// use dockerfile_dsl_verify::{Limits, Secret, Verify};
///
/// let mut limits = Limits::default();
/// limits.threads = 2;
/// let verify = Verify::new([Secret::from_env("TOKEN", "TOKEN")?]).limits(limits);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Limits {
    /// Max. nesting of containers and compressions, including the layer's own.
    pub depth: usize,
    /// Bytes that may be unpacked from any image, however small.
    pub decoded: u64,
    /// Bytes that may be unpacked in addition, per byte of the image.
    pub ratio: u64,
    /// Max. window or dictionary of a decoder, in bytes.
    pub window: usize,
    /// Max. JSON document that is parsed, in bytes; larger ones are searched as bytes.
    pub document: u64,
    /// Max. paths that are kept to detect files that a later layer deletes.
    pub paths: u64,
    /// Number of threads that decode and search. Each has a second one that only computes digests.
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
