//! Size limits of a value, and reading within them.

use std::io::{self, Read};

use zeroize::Zeroizing;

/// Max. size of a secret in BuildKit in bytes, inclusive.
pub(crate) const SECRET_LIMIT: usize = 500 * 1024;
/// Max. size of one `NAME=VALUE` in the kernel in bytes, exclusive.
pub(crate) const ENVIRONMENT_LIMIT: usize = 128 * 1024;

/// Like `read_to_end`, limited to the free capacity: no copy of the value remains in freed memory.
pub(super) fn read_to_capacity(
    mut reader: impl Read,
    bytes: &mut Zeroizing<Vec<u8>>,
) -> io::Result<()> {
    let room = bytes.capacity();
    bytes.resize(room, 0);
    let mut length = 0;
    while length < room {
        match reader.read(&mut bytes[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(length);
    Ok(())
}
