//! Makes images byte by byte: layers, archives of both docker layouts, OCI archives and directories.
#![allow(
    dead_code,
    unreachable_pub,
    missing_debug_implementations,
    reason = "a module of several tests, each of which uses another part of it"
)]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use dockerfile_dsl_verify::{Image, Report, Secret, Verify};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A GitHub token by its looks, and a password that no pattern finds.
pub const TOKEN: &str = "ghp_9aXk2LmQ7vRt4WbY6NcJ1sDf8GhP3zEo5Tu0";
pub const OPAQUE: &str = "q7/Rv+2&x\"Kd9~Lm4?Wz8=Tn3%Bp";

/// A tar archive under construction.
pub struct Layer(tar::Builder<Vec<u8>>);

impl Layer {
    pub fn new() -> Self {
        Self(tar::Builder::new(Vec::new()))
    }

    pub fn file(mut self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.add(path, content.as_ref());
        self
    }

    pub fn add(&mut self, path: &str, content: &[u8]) {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        self.0.append_data(&mut header, path, content).unwrap();
    }

    pub fn link(mut self, path: &str, target: &str) -> Self {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Symlink);
        header.set_size(0);
        self.0.append_link(&mut header, path, target).unwrap();
        self
    }

    pub fn xattr(mut self, path: &str, name: &str, value: &[u8]) -> Self {
        let key = format!("SCHILY.xattr.{name}");
        self.0.append_pax_extensions([(&key[..], value)]).unwrap();
        self.file(path, "x")
    }

    pub fn owner(mut self, path: &str, owner: &str) -> Self {
        let mut header = tar::Header::new_ustar();
        header.set_username(owner).unwrap();
        header.set_size(0);
        self.0.append_data(&mut header, path, &b""[..]).unwrap();
        self
    }

    pub fn build(self) -> Vec<u8> {
        self.0.into_inner().unwrap()
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Packing {
    Plain,
    Gzip,
    /// One gzip member per 10 kB, as estargz has one per file.
    Members,
    Zstd,
}

pub fn pack(bytes: &[u8], packing: Packing) -> Vec<u8> {
    match packing {
        Packing::Plain => bytes.to_vec(),
        Packing::Gzip => gzip(bytes),
        Packing::Members => bytes.chunks(10_000).flat_map(gzip).collect(),
        Packing::Zstd => zstd(bytes),
    }
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::stream::encode_all(bytes, 3).unwrap()
}

pub fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder =
        lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(1)).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let word = u32::from(chunk[0]) << 16
            | u32::from(*chunk.get(1).unwrap_or(&0)) << 8
            | u32::from(*chunk.get(2).unwrap_or(&0));
        for index in 0..4 {
            out.push(if index <= chunk.len() {
                ALPHABET[(word >> (18 - 6 * index) & 63) as usize] as char
            } else {
                '='
            });
        }
    }
    out
}

/// How a member of a zip is written.
#[derive(Clone, Copy)]
pub enum Zip {
    Stored,
    Deflated,
    /// With its sizes after the content.
    Streamed,
}

pub fn zip(members: &[(&str, &[u8], Zip)]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    for (name, content, kind) in members {
        let (method, flags, data) = match kind {
            Zip::Stored => (0_u16, 0_u16, content.to_vec()),
            Zip::Deflated => (8, 0, deflate(content)),
            Zip::Streamed => (8, 8, deflate(content)),
        };
        let offset = out.len() as u32;
        let sizes = [crc(content), data.len() as u32, content.len() as u32];
        let known = if flags == 8 { [0; 3] } else { sizes };
        let mut common = Vec::new();
        common.extend(20_u16.to_le_bytes());
        common.extend(flags.to_le_bytes());
        common.extend(method.to_le_bytes());
        common.extend([0; 4]);
        let numbers = |sizes: [u32; 3]| {
            sizes
                .iter()
                .flat_map(|size| size.to_le_bytes())
                .collect::<Vec<_>>()
        };
        let lengths = [(name.len() as u16).to_le_bytes(), [0; 2]].concat();
        out.extend(
            [
                &b"PK\x03\x04"[..],
                &common,
                &numbers(known),
                &lengths,
                name.as_bytes(),
                &data,
            ]
            .concat(),
        );
        if flags == 8 {
            out.extend([&b"PK\x07\x08"[..], &numbers(sizes)].concat());
        }
        let tail = [&[0; 10][..], &offset.to_le_bytes()].concat();
        directory.extend(
            [
                &b"PK\x01\x02\x14\x00"[..],
                &common,
                &numbers(sizes),
                &lengths,
                &tail,
                name.as_bytes(),
            ]
            .concat(),
        );
    }
    let (count, start) = (members.len() as u16, out.len() as u32);
    let end = [
        &[0; 4][..],
        &count.to_le_bytes(),
        &count.to_le_bytes(),
        &(directory.len() as u32).to_le_bytes(),
        &start.to_le_bytes(),
        &[0; 2],
    ];
    out.extend([directory, b"PK\x05\x06".to_vec(), end.concat()].concat());
    out
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// A pack with a blob, and a delta that adds text to it.
pub fn git_pack(blob: &[u8], added: &[u8]) -> Vec<u8> {
    fn head(kind: u8, mut size: usize) -> Vec<u8> {
        let mut bytes = vec![kind << 4 | (size & 15) as u8];
        size >>= 4;
        while size > 0 {
            *bytes.last_mut().unwrap() |= 0x80;
            bytes.push((size & 0x7f) as u8);
            size >>= 7;
        }
        bytes
    }
    fn size(mut size: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        while size >= 0x80 {
            bytes.push((size & 0x7f) as u8 | 0x80);
            size >>= 7;
        }
        bytes.push(size as u8);
        bytes
    }
    let mut delta = [size(blob.len()), size(added.len() + 4)].concat();
    // The addition is cut after ten bytes, as git cuts after 127.
    for part in [&added[..10], &added[10..]] {
        delta.push(part.len() as u8);
        delta.extend(part);
    }
    delta.extend([0x90, 4]);
    let mut pack = b"PACK\0\0\0\x02\0\0\0\x02".to_vec();
    pack.extend(
        [
            head(3, blob.len()),
            zlib(blob),
            head(7, delta.len()),
            vec![0; 20],
            zlib(&delta),
            vec![0; 20],
        ]
        .concat(),
    );
    pack
}

/// An image: layers with the instructions that made them, and the rest of its config.
pub struct Fixture {
    pub layers: Vec<(Vec<u8>, String)>,
    pub packing: Packing,
    pub config: Value,
    pub annotations: Value,
    pub extra_blobs: Vec<Vec<u8>>,
    pub attestation: Option<Vec<u8>>,
}

impl Fixture {
    pub fn new(layers: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let layers = layers
            .into_iter()
            .enumerate()
            .map(|(index, layer)| (layer, format!("RUN step {index}")))
            .collect();
        Self {
            layers,
            packing: Packing::Plain,
            config: json!({}),
            annotations: json!({}),
            extra_blobs: Vec::new(),
            attestation: None,
        }
    }

    fn config(&self) -> Vec<u8> {
        let diff_ids: Vec<String> = self.layers.iter().map(|(layer, _)| digest(layer)).collect();
        let mut history = vec![json!({"created_by": "ENV A=b", "empty_layer": true})];
        history.extend(
            self.layers
                .iter()
                .map(|(_, instruction)| json!({"created_by": format!("{instruction} # buildkit")})),
        );
        json!({
            "architecture": "amd64",
            "os": "linux",
            "config": self.config,
            "rootfs": {"type": "layers", "diff_ids": diff_ids},
            "history": history,
        })
        .to_string()
        .into_bytes()
    }

    /// The files of an OCI layout.
    pub fn oci_files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut put = |bytes: Vec<u8>, media_type: &str| {
            let (digest, size) = (digest(&bytes), bytes.len());
            files.insert(format!("blobs/{}", digest.replace(':', "/")), bytes);
            json!({"mediaType": media_type, "digest": digest, "size": size})
        };
        let suffix = match self.packing {
            Packing::Plain => "tar",
            Packing::Gzip | Packing::Members => "tar+gzip",
            Packing::Zstd => "tar+zstd",
        };
        let layers: Vec<Value> = self
            .layers
            .iter()
            .map(|(layer, _)| {
                put(
                    pack(layer, self.packing),
                    &format!("application/vnd.oci.image.layer.v1.{suffix}"),
                )
            })
            .collect();
        let config = put(self.config(), "application/vnd.oci.image.config.v1+json");
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": config,
            "layers": layers,
            "annotations": self.annotations,
        });
        let mut manifests = vec![put(
            manifest.to_string().into_bytes(),
            "application/vnd.oci.image.manifest.v1+json",
        )];
        if let Some(statement) = &self.attestation {
            let layer = put(statement.clone(), "application/vnd.in-toto+json");
            let config = put(
                b"{\"rootfs\":{\"diff_ids\":[]}}".to_vec(),
                "application/vnd.oci.image.config.v1+json",
            );
            let manifest = json!({"schemaVersion": 2, "config": config, "layers": [layer]});
            let mut descriptor = put(
                manifest.to_string().into_bytes(),
                "application/vnd.oci.image.manifest.v1+json",
            );
            descriptor["annotations"] =
                json!({"vnd.docker.reference.type": "attestation-manifest"});
            manifests.push(descriptor);
        }
        for blob in &self.extra_blobs {
            put(blob.clone(), "");
        }
        files.insert(
            "index.json".into(),
            json!({"schemaVersion": 2, "manifests": manifests})
                .to_string()
                .into_bytes(),
        );
        files.insert(
            "oci-layout".into(),
            b"{\"imageLayoutVersion\":\"1.0.0\"}".to_vec(),
        );
        files
    }

    pub fn oci_archive(&self) -> Vec<u8> {
        archive(&self.oci_files())
    }

    pub fn oci_directory(&self, path: &Path) {
        for (name, content) in self.oci_files() {
            let path = path.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
    }

    /// What `docker save` of Docker 25 and later writes.
    pub fn docker_archive(&self) -> Vec<u8> {
        let mut files = self.oci_files();
        let blob = |bytes: &[u8]| format!("blobs/{}", digest(bytes).replace(':', "/"));
        let layers: Vec<String> = self
            .layers
            .iter()
            .map(|(layer, _)| blob(&pack(layer, self.packing)))
            .collect();
        files.insert(
            "manifest.json".into(),
            json!([{"Config": blob(&self.config()), "RepoTags": ["app:latest"], "Layers": layers}])
                .to_string()
                .into_bytes(),
        );
        archive(&files)
    }

    /// What it wrote before.
    pub fn old_docker_archive(&self) -> Vec<u8> {
        let config = self.config();
        let config_name = format!("{}.json", &digest(&config)[7..]);
        let mut files = BTreeMap::from([(config_name.clone(), config)]);
        let mut layers = Vec::new();
        for (index, (layer, _)) in self.layers.iter().enumerate() {
            let name = format!("{index:064x}");
            files.insert(format!("{name}/layer.tar"), layer.clone());
            files.insert(format!("{name}/VERSION"), b"1.0".to_vec());
            files.insert(
                format!("{name}/json"),
                json!({"id": name, "container_config": {"Cmd": null}})
                    .to_string()
                    .into_bytes(),
            );
            layers.push(format!("{name}/layer.tar"));
        }
        files.insert(
            "manifest.json".into(),
            json!([{"Config": config_name, "RepoTags": null, "Layers": layers}])
                .to_string()
                .into_bytes(),
        );
        archive(&files)
    }
}

pub fn archive(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    files
        .iter()
        .fold(Layer::new(), |layer, (name, content)| {
            layer.file(name, content)
        })
        .build()
}

pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold("sha256:".to_owned(), |text, byte| {
            format!("{text}{byte:02x}")
        })
}

pub fn secret(value: &str) -> Secret {
    Secret::new("canary", value).unwrap()
}

/// Scans an archive as a file, and as a stream; both must say the same.
#[track_caller]
pub fn scan(archive: &[u8], secrets: &[Secret]) -> Report {
    scan_with(archive, Verify::new(secrets.iter().cloned()))
}

#[track_caller]
pub fn scan_with(archive: &[u8], verify: Verify) -> Report {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), archive).unwrap();
    let from_file = verify.run(Image::path(file.path())).unwrap();
    let from_stream = verify
        .run(Image::reader(
            "stream",
            std::io::Cursor::new(archive.to_vec()),
        ))
        .unwrap();
    assert_eq!(from_file.findings, from_stream.findings);
    assert_eq!(
        from_file.verdict(),
        from_stream.verdict(),
        "{}\n{}",
        from_file.human(),
        from_stream.human()
    );
    from_file
}
