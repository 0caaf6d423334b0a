//! SHA-256 of a reader's bytes, computed on a separate thread, so that the scan only pays for a copy.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Scope, ScopedJoinHandle};

use sha2::{Digest, Sha256};

use crate::scan::hex;

/// Max. blocks in the queue of the thread.
const QUEUE: usize = 6;
const BLOCK: usize = 256 * 1024;

enum DigestMessage {
    Block(Vec<u8>),
    /// The stream with this number has ended.
    End(usize),
}

/// Handle of the digest thread, for the thread that reads.
pub(crate) struct Digester<'scope> {
    blocks: SyncSender<DigestMessage>,
    used: Receiver<Vec<u8>>,
    thread: ScopedJoinHandle<'scope, Vec<(usize, String)>>,
    current: Vec<u8>,
}

impl<'scope> Digester<'scope> {
    pub(crate) fn start<'env>(scope: &'scope Scope<'scope, 'env>) -> Self {
        let (blocks, received) = sync_channel::<DigestMessage>(QUEUE);
        let (give_back, used) = sync_channel(QUEUE + 2);
        let thread = scope.spawn(move || {
            let mut digests = Vec::new();
            let mut sha = Sha256::new();
            for message in received {
                match message {
                    DigestMessage::Block(mut block) => {
                        sha.update(&block);
                        block.clear();
                        // The receiver may be closed already.
                        let _ = give_back.try_send(block);
                    }
                    DigestMessage::End(stream) => {
                        digests.push((stream, hex(&sha.finalize_reset())))
                    }
                }
            }
            digests
        });
        Self {
            blocks,
            used,
            thread,
            current: Vec::with_capacity(BLOCK),
        }
    }

    /// Returns a reader whose bytes are digested.
    pub(crate) fn tee<'a>(&'a mut self, inner: &'a mut dyn Read) -> Tee<'a, 'scope> {
        Tee {
            inner,
            digester: self,
        }
    }

    /// Ends a stream.
    pub(crate) fn end(&mut self, stream: usize) {
        self.flush();
        // The thread exits only after this side is dropped.
        let _ = self.blocks.send(DigestMessage::End(stream));
    }

    /// Returns all digests, by the numbers of their streams.
    pub(crate) fn finish(self) -> Vec<(usize, String)> {
        drop(self.blocks);
        self.thread.join().unwrap_or_default()
    }

    fn flush(&mut self) {
        if !self.current.is_empty() {
            let next = self
                .used
                .try_recv()
                .unwrap_or_else(|_| Vec::with_capacity(BLOCK));
            let _ = self.blocks.send(DigestMessage::Block(std::mem::replace(
                &mut self.current,
                next,
            )));
        }
    }
}

/// See [`Digester::tee`].
pub(crate) struct Tee<'a, 'scope> {
    inner: &'a mut dyn Read,
    digester: &'a mut Digester<'scope>,
}

impl Read for Tee<'_, '_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(out)?;
        let mut rest = &out[..count];
        while !rest.is_empty() {
            let room = (BLOCK - self.digester.current.len()).min(rest.len());
            self.digester.current.extend_from_slice(&rest[..room]);
            rest = &rest[room..];
            if self.digester.current.len() == BLOCK {
                self.digester.flush();
            }
        }
        Ok(count)
    }
}
