//! Something compressed in base64, as Helm and Kubernetes keep it, in every place of an image: found, and its twin is clean.

mod support;

use dockerfile_dsl_verify::{Report, Verdict};
use serde_json::json;
use support::{Fixture, Layer, TOKEN, Zip, base64, bzip2, gzip, scan, secret, xz, zip, zstd};

const OTHER: &str = "ghp_000000000000000000000000000000000000";
/// No letters of it stand together in base64, hex or any other spelling that the search has needles of.
const PASSWORD: &str = "p4$$w'rd\"x\\y&z";

fn text(value: &str) -> Vec<u8> {
    let lines = (0..40).map(|number| format!("line {number} says {}\n", number * 7919 % 1000));
    lines
        .chain([format!("token = {value}\n")])
        .collect::<String>()
        .into_bytes()
}

fn wrap(text: &str, width: usize, line_end: &str) -> String {
    let lines: Vec<&str> = (0..text.len())
        .step_by(width)
        .map(|start| &text[start..text.len().min(start + width)])
        .collect();
    lines.join(line_end)
}

/// Name, content, and the encodings in the finding.
fn files(value: &str) -> Vec<(&'static str, String, &'static [&'static str])> {
    const GZIP: &[&str] = &["base64", "gzip"];
    let packed = gzip(&text(value));
    let once = base64(&packed);
    let tree = Layer::new().file("etc/.env", text(value)).build();
    let archive = zip(&[("x", &text(value), Zip::Deflated)]);
    let unpadded = once.trim_end_matches('=').replace('+', "-");
    vec![
        ("plain.b64", once.clone(), GZIP),
        ("url.b64", unpadded.replace('/', "_"), GZIP),
        ("php.json", once.replace('/', "\\/"), GZIP),
        ("wrapped.b64", wrap(&once, 76, "\n"), GZIP),
        (
            "secret.yaml",
            format!(
                "kind: Secret\ndata:\n  file: >\n    {}\ntype: Opaque\n",
                wrap(&once, 64, "\r\n    ")
            ),
            GZIP,
        ),
        (
            "secret.json",
            format!(
                "{{\"data\":{{\"file\":\"{}\\n\"}}}}",
                wrap(&once, 76, "\\n")
            ),
            GZIP,
        ),
        (
            "helm.yaml",
            format!(
                "apiVersion: v1\ndata:\n  release: {}\ntype: helm.sh/release.v1\n",
                base64(once.as_bytes())
            ),
            &["base64", "base64", "gzip"],
        ),
        (
            "named.b64",
            base64(&{
                let mut encoder = flate2::GzBuilder::new()
                    .filename("release.json")
                    .write(Vec::new(), flate2::Compression::best());
                std::io::Write::write_all(&mut encoder, &text(value)).unwrap();
                encoder.finish().unwrap()
            }),
            GZIP,
        ),
        (
            "install.sh",
            format!(
                "#!/bin/sh\nbase64 -d <<E | tar xz\n{}\nE\n",
                wrap(&base64(&gzip(&tree)), 76, "\n")
            ),
            &["base64", "gzip", "tar"],
        ),
        (
            "cloud-init",
            format!("encoding: gz+b64\ncontent: !!binary |\n  {once}\nowner: root\n"),
            GZIP,
        ),
        (
            "data.zip.b64",
            format!("x = '{}';", base64(&archive)),
            &["base64", "zip"],
        ),
        (
            "zstd.b64",
            format!("x={};", base64(&zstd(&text(value)))),
            &["base64", "zstd"],
        ),
        (
            "xz.b64",
            format!("x={};", base64(&xz(&text(value)))),
            &["base64", "xz"],
        ),
        (
            "bzip2.b64",
            format!("x={};", base64(&bzip2(&text(value)))),
            &["base64", "bzip2"],
        ),
        (
            "two.js",
            format!("a('{}');b('{once}')", base64(&gzip(b"nothing"))),
            GZIP,
        ),
    ]
}

#[track_caller]
fn search(files: &[(&str, String)], value: &str) -> Report {
    let layer = files.iter().fold(Layer::new(), |layer, (name, content)| {
        layer.file(name, content)
    });
    scan(
        &Fixture::new([layer.build()]).oci_archive(),
        &[secret(value)],
    )
}

#[test]
fn a_value_that_was_compressed_first() {
    for value in [TOKEN, PASSWORD] {
        let files = files(value);
        let contents: Vec<_> = files
            .iter()
            .map(|(name, content, _)| (*name, content.clone()))
            .collect();
        let report = search(&contents, value);
        assert!(report.incomplete.is_empty(), "{}", report.human());
        for (name, _, way) in &files {
            let is_in = |path: &str| path == *name || path.starts_with(&format!("{name}!"));
            let found = report.findings.iter().find(|one| is_in(&one.path));
            let found = found.unwrap_or_else(|| panic!("{name}: {}", report.human()));
            let expected = [way, &["raw"][..]].concat();
            assert_eq!(found.encodings, expected, "{name}");
        }
    }
}

#[test]
fn a_clean_twin() {
    let files: Vec<_> = files(OTHER)
        .into_iter()
        .map(|(name, content, _)| (name, content))
        .collect();
    let report = search(&files, TOKEN);
    assert_eq!(report.verdict(), Verdict::Clean, "{}", report.human());
}

#[test]
fn at_the_edges_of_blocks() {
    let packed = base64(base64(&gzip(&text(TOKEN))).as_bytes());
    for edge in [4096, 64 * 1024, 256 * 1024] {
        for offset in edge - 14..edge + 3 {
            let file = format!("{}:{packed};", ".".repeat(offset));
            let report = search(&[("x", file)], TOKEN);
            assert_eq!(report.verdict(), Verdict::Leaked, "{offset}");
        }
    }
}

/// Metadata is text too.
#[test]
fn in_the_config_and_the_history() {
    for (value, verdict) in [(TOKEN, Verdict::Leaked), (OTHER, Verdict::Clean)] {
        let packed = base64(&gzip(&text(value)));
        let mut fixture = Fixture::new([Layer::new().file("a", "a").build()]);
        fixture.config = json!({"Labels": {"release": base64(packed.as_bytes())}});
        let report = scan(&fixture.oci_archive(), &[secret(TOKEN)]);
        assert_eq!(report.verdict(), verdict, "{}", report.human());
        let mut fixture = Fixture::new([Layer::new().file("a", "a").build()]);
        fixture.layers[0].1 = format!("RUN echo {packed} | base64 -d | gunzip");
        let report = scan(&fixture.oci_archive(), &[secret(TOKEN)]);
        assert_eq!(report.verdict(), verdict, "{}", report.human());
        for finding in &report.findings {
            assert_eq!(finding.encodings, ["base64", "gzip", "raw"]);
        }
    }
}

#[test]
fn what_is_cut_off_is_not_clean() {
    let packed = base64(&gzip(&text(OTHER)));
    let report = search(&[("x", packed[..packed.len() - 20].to_owned())], TOKEN);
    assert_eq!(report.verdict(), Verdict::Incomplete, "{}", report.human());
    let mut deep = b"x".to_vec();
    for _ in 0..20 {
        deep = base64(&gzip(&deep)).into_bytes();
    }
    let report = search(&[("x", String::from_utf8(deep).unwrap())], TOKEN);
    assert_eq!(report.incomplete[0].reason.name(), "depth");
}

/// Programs and documents know how such text begins.
#[test]
fn a_beginning_by_chance_is_nothing() {
    let words = "H4sI H4sIAAAAAAAA H4sIAAAAAAAAA.. begins gzip, SDRzSUFBQUFBQUFB twice, \
                 UEsDBBQAAAAI zip, KLUv/QBYKLUv zstd, /Td6WFoAAAT xz and QlpoOTFBWSZTW bzip2. ";
    let report = search(&[("words", words.repeat(500))], TOKEN);
    assert_eq!(report.verdict(), Verdict::Clean, "{}", report.human());
    // All that follows is no end of it: a long text of nothing but beginnings takes no long time.
    let started = std::time::Instant::now();
    for begin in ["H4sI", "SDRzS", "UEsDB", "KLUv", "H4sIAAAAAAAAA"] {
        let _ = search(&[("flood", begin.repeat(200_000 / begin.len()))], TOKEN);
    }
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}
