//! coreutils, tar and zip: what moves bytes.

use super::*;

#[test]
fn files() {
    check("install -Dm600 <(cat /run/secrets/tok) /etc/key", "layer");
    check(
        "cat /run/secrets/tok | install /dev/stdin /etc/key",
        "layer",
    );
    check(
        "cp --no-dereference --reflink=auto /run/secrets/tok /etc/k",
        "layer",
    );
    check(
        r#"cd /run/secrets; for f in *; do cp "$f" "/etc/$f"; done"#,
        "layer",
    );
    check(
        "ls /run/secrets | xargs -I% cp /run/secrets/% /etc/",
        "layer",
    );
    check("cat /run/secrets/* > /etc/all", "layer");
    check("rsync -a /run/secrets/ /etc/s/", "layer");
    check("dd if=/run/secrets/tok | dd of=/etc/k", "layer");
    check("sort /run/secrets/tok -o /etc/k", "layer");
    check("split -l 1 /run/secrets/tok /etc/k.", "layer");
    check("tee < /run/secrets/tok /etc/k > /dev/null", "layer");
    check(
        "ln -f /run/secrets/tok /etc/k || cp /run/secrets/tok /etc/k",
        "layer",
    );
    check(
        "mv /etc/a /etc/b; cat /run/secrets/tok > /etc/a; mv /etc/a /etc/c; rm -f /etc/a",
        "layer",
    );
    check(
        "exec 5>/etc/k; cat /run/secrets/tok >&5; exec 5>&-",
        "layer",
    );
    check("install -b -m 600 /run/secrets/tok /etc/k", "layer");
    check("sort -u -o /etc/k < /run/secrets/tok", "layer");
    check(
        "truncate -s 10 /etc/k; cat /run/secrets/tok > /etc/k; truncate -s -1 /etc/k",
        "layer",
    );
    check(
        "rsync --remove-source-files -a /run/secrets/tok /etc/k || true",
        "layer",
    );
}

#[test]
fn archives() {
    check(
        "(cd /run/secrets && tar c tok) | (cd /etc && tar x)",
        "layer",
    );
    check("zip -r /a.zip /run/secrets", "layer");
    check("tar -czf /a.tgz /run/secrets /etc/hostname", "layer");
    check("gzip -9 < /run/secrets/tok | base64 > /etc/k", "layer");
    check("tar -C /run -cf - secrets | gzip > /a.tgz", "layer");
    check(
        "tar --create --file=/a.tar --directory=/run/secrets tok",
        "layer",
    );
    check("tar cfz /a.tgz /run/secrets", "layer");
    check("find /run/secrets -type f | xargs tar cf /a.tar", "layer");
    check("zip -e -P x /a.zip /run/secrets/tok", "layer");
    check("7z a -px /a.7z /run/secrets/tok", "layer");
    check("xz -k -c /run/secrets/tok > /etc/k.xz", "layer");
    check("busybox tar cf /a.tar /run/secrets", "layer");
}

/// Which files a compressor leaves follows from its rows: brotli, zstd and lz4 keep what they read, the others call it something else.
#[test]
fn files_left_by_compressors() {
    for (program, suffix, keeps) in [
        ("gzip", ".gz", false),
        ("bzip2", ".bz2", false),
        ("xz", ".xz", false),
        ("lzma", ".lzma", false),
        ("compress", ".Z", false),
        ("zstd", ".zst", true),
        ("lz4", ".lz4", true),
        ("brotli", ".br", true),
    ] {
        let packed = format!("cp /run/secrets/tok /a; {program} /a; rm -f /a{suffix}");
        check(&packed, if keeps { "layer" } else { "clean" });
        check(&format!("{packed} /a"), "clean");
        check(&packed.replace(suffix, ".other"), "layer");
    }
    check("cp /run/secrets/tok /a; unlink /a", "clean");
    check("cp /run/secrets/tok /a; unlink /a /b", "layer");
}

/// `rg` and `ack` look through a folder by themselves, `grep` asks for `-r`.
#[test]
fn searching_a_folder() {
    for (program, expected) in [
        ("rg x /run/secrets", "log"),
        ("ack x /run/secrets", "log"),
        ("grep x /run/secrets", "clean"),
    ] {
        check(program, expected);
    }
}
