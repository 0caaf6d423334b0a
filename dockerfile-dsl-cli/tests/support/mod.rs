//! The smallest archives and images that contain a value.

#![allow(dead_code, reason = "each test uses a part")]

pub(crate) const TOKEN: &str = "ghp_9aXk2LmQ7vRt4WbY6NcJ1sDf8GhP3zEo5Tu0";

pub(crate) const SECRET: [&str; 2] = ["--secret", "id=TOKEN,env=TOKEN"];

/// Returns a tar header and its content, the smallest archive.
pub(crate) fn archive(name: &str, content: &str) -> Vec<u8> {
    let mut header = [0_u8; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
    header[148..156].fill(b' ');
    header[156] = b'0';
    header[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
    header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    let mut archive = [&header[..], content.as_bytes()].concat();
    archive.resize(archive.len().next_multiple_of(512) + 1024, 0);
    archive
}

/// Returns an image of one layer, in the format of `docker save`.
pub(crate) fn saved_image() -> Vec<u8> {
    let layer = archive("root/.netrc", TOKEN);
    let config = r#"{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:DIFF"]},"history":[{"created_by":"RUN /bin/sh -c cat /run/secrets/TOKEN > /root/.netrc # buildkit"}]}"#
        .replace("DIFF", DIFF_ID);
    let manifest = r#"[{"Config":"config.json","RepoTags":["app:latest"],"Layers":["layer.tar"]}]"#;
    let files = [
        ("config.json", config.into_bytes()),
        ("layer.tar", layer),
        ("manifest.json", manifest.as_bytes().to_vec()),
    ];
    let mut saved = Vec::new();
    for (name, content) in files {
        let content = String::from_utf8(content).unwrap();
        let file = archive(name, &content);
        saved.extend_from_slice(&file[..file.len() - 1024]);
    }
    saved.resize(saved.len() + 1024, 0);
    saved
}

/// Diff id of the layer in [`saved_image`].
pub(crate) const DIFF_ID: &str = "73702791401f44dd64defb540cf8bdbe0e683d2d15a2bced127f19482002c1f2";
