//! Any bytes as the containers of files, at the start of one and in the middle: no panic, no hang, and the value is found where
//! it stands as it is.
#![no_main]

use libfuzzer_sys::fuzz_target;

mod scan;

fuzz_target!(|content: &[u8]| {
    // The first byte selects the signature before the others, so that none need be guessed.
    let Some((which, rest)) = content.split_first() else { return };
    let heads: &[&[u8]] = &[
        b"",
        b"070701",
        b"070707",
        b"\xc7\x71",
        b"hsqs",
        b"wOFF",
        b"wOF2",
        b"\x5d\0\0\x10\0\xff\xff\xff\xff\xff\xff\xff\xff\0",
        b"LZIP\x01\x0c",
        b"\x89PNG\r\n\x1a\n\0\0\0\x40zTXt",
        b"CWS\x0a\0\0\0\0x\x9c",
        b"1 0 obj << /Filter /FlateDecode >> stream\nx\x9c",
        b"\x1f\x8b\x08\0\0\0\0\0\0\x03",
        b"\xfd7zXZ\0\0\x04\xe6\xd6\xb4\x46",
        b"FOR1\0\0\0\0BEAMLitT",
        b"BZh91AY&SY",
    ];
    let head = heads[usize::from(*which) % heads.len()];
    let file = [head, rest].concat();
    scan::file("main.js.br", &file);
    let before = b"\x7fELF\x02\x01\x01 a program";
    scan::file("program", &[before, &file[..], b"the end of it"].concat());
});
