//! What is said about findings: for people, as JSON and as SARIF, and never a byte of a value.

mod support;

use dockerfile_dsl_verify::{Image, Report, Verify};
use serde_json::{Value, json};
use support::{Fixture, Layer, OPAQUE, TOKEN, gzip, scan, secret};

/// A leak in a file that a later layer deletes, one in the config, and a file that is not read.
fn report() -> Report {
    let mut fixture = Fixture {
        config: json!({"Env": [format!("T={TOKEN}")]}),
        ..Fixture::new([
            Layer::new()
                .file("root/a.gz", gzip(TOKEN.as_bytes()))
                .build(),
            Layer::new()
                .file("root/.wh.a.gz", "")
                .file("x.7z", b"7z\xbc\xaf\x27\x1c\x00\x04")
                .build(),
        ])
    };
    fixture.layers[0].1 = "RUN curl -o /root/a.gz https://example.com".into();
    let mut report = scan(&fixture.oci_archive(), &[secret(TOKEN)]);
    report.image = "app.tar".into();
    report
}

/// Digests depend on how the archives are written.
fn without_digests(text: &str) -> String {
    let mut out = String::new();
    for (number, part) in text.split("sha256").enumerate() {
        let digest = |byte: &u8| byte.is_ascii_hexdigit() || b":/".contains(byte);
        let skipped = part.bytes().take_while(digest).count() * usize::from(number > 0);
        out += if number > 0 { "DIGEST" } else { "" };
        out += &part[skipped..];
    }
    out
}

#[test]
fn human_report_has_advice() {
    let text = without_digests(&report().human());
    assert_eq!(
        text,
        "leaked: 2 places in app.tar

secret `canary` is in root/a.gz, as gzip > raw
    layer        \
         DIGEST
    made by      RUN curl -o /root/a.gz https://example.com
    offset       \
         0
    a later layer deletes or replaces this file, but the image still contains \
         it

secret `canary` is in the image config, at /config/Env/0, as raw
    layer        \
         DIGEST
    offset       2

not searched:
  - unsupported: blobs/DIGEST x.7z: 7z is not \
         unpacked

what to do now:
  1. do not push this image. If it was pushed or shared, \
         replace (rotate) canary at its issuer first
  2. mend this instruction:
       RUN \
         curl -o /root/a.gz https://example.com
  3. delete what the engine keeps: the image, \
         then `docker buildx prune --all`, and the build's record with
     `docker buildx \
         history ls` and `docker buildx history rm REF` (podman and buildah: `podman image \
         prune` and
     `buildah rm --all`, as an interrupted build leaves its container); \
         build again with the new value

searched 2 layers, 3 files, 6.4 kB
"
    );
}

#[test]
fn html_is_one_file_with_the_whole_report() {
    let report = report();
    let html = report.html();
    for shown in [
        "<title>leaked: app.tar</title>",
        "in 2 places.",
        "<h3>secret `canary` is in root/a.gz, as gzip &gt; raw</h3>",
        "<dt>made by</dt><dd><code>RUN curl -o /root/a.gz https://example.com</code></dd>",
        "A later layer deletes or replaces this file",
        "x.7z: 7z is not unpacked</li>",
        "<li>mend this instruction:\n<br><code>RUN curl",
        "Searched 2 layers, 3 files, 6.4 kB.",
    ] {
        assert!(html.contains(shown), "{shown} is not in {html}");
    }
    assert_eq!(html.matches("<section>").count(), report.findings.len());
    for foreign in [
        "<script", "<link", "<img", "<iframe", "src=", "href=", "url(", "@import",
    ] {
        assert!(!html.contains(foreign), "{foreign} is in {html}");
    }
}

#[test]
fn html_of_a_clean_image_has_no_places() {
    let fixture = Fixture::new([Layer::new().file("a", "text").build()]);
    let html = scan(&fixture.oci_archive(), &[secret(TOKEN)]).html();
    assert!(
        html.contains("<span class=\"clean\">clean</span>"),
        "{html}"
    );
    assert!(html.contains("None of the values is in the image."));
    for absent in ["<section>", "Not searched", "What to do now"] {
        assert!(!html.contains(absent), "{absent} is in {html}");
    }
}

/// A file name, an instruction or the name of the image cannot add an element, an attribute or an entity.
#[test]
fn html_escapes_the_text_of_the_image() {
    let name = "<img src=x onerror='a()'>&amp;\"\u{202e}";
    let mut fixture = Fixture::new([Layer::new().file(name, TOKEN).build()]);
    fixture.layers[0].1 = format!("RUN {name}");
    let mut report = scan(&fixture.oci_archive(), &[secret(TOKEN)]);
    report.image = name.into();
    report.add_gap(dockerfile_dsl_verify::Gap::new(
        dockerfile_dsl_verify::Reason::Broken,
        name,
        name,
    ));
    let html = report.html();
    let shown = "&lt;img src=x onerror=&#39;a()&#39;&gt;&amp;amp;&quot;";
    // The title, the heading, the place, its instruction, twice the gap, and the advice.
    assert_eq!(html.matches(shown).count(), 7, "{html}");
    assert!(
        !html.contains("<img") && !html.contains('\u{202e}'),
        "{html}"
    );
}

#[test]
fn json_has_what_is_promised() {
    let report: Value = serde_json::from_str(&report().json()).unwrap();
    assert_eq!(report["version"], 1);
    assert_eq!(report["image"], "app.tar");
    assert_eq!(report["verdict"], "leaked");
    let mut finding = report["findings"][0].clone();
    assert!(finding["layer"].as_str().unwrap().starts_with("sha256:"));
    finding.as_object_mut().unwrap().remove("layer");
    assert_eq!(
        finding,
        json!({
            "secret": "canary", "target": null, "place": "layer", "path": "root/a.gz", "in": "content", "offset": 0, "deleted_later": true,
            "instruction": "RUN curl -o /root/a.gz \
                https://example.com", "encodings": ["gzip", "raw"], "match": "whole",
        })
    );
    assert_eq!(report["scanned"]["layers"], 2);
    assert_eq!(report["incomplete"].as_array().unwrap().len(), 1);
}

#[test]
fn github_shows_findings_as_annotations() {
    assert_eq!(
        without_digests(&report().github()),
        "\
::error title=SecretInImage::secret `canary` is in root/a.gz, as gzip > raw%0Amade by RUN curl -o /root/a.gz https://example.com%0Ain DIGEST of app.tar
::error title=SecretInImage::secret `canary` is in the image config, at /config/Env/0, as raw%0Ain DIGEST of app.tar
::warning title=dockerfile-dsl verify::not searched: unsupported: blobs/DIGEST x.7z: 7z is not unpacked
::error title=dockerfile-dsl verify::leaked: values of build secrets are in app.tar
"
    );
}

/// A name may not steer a terminal, nor end an annotation and begin another command.
#[test]
fn names_of_files_are_escaped_in_every_format() {
    let name = "a\x1b[2J\n::set-env name=PATH::x\u{202e}%0A";
    let fixture = Fixture::new([Layer::new().file(name, TOKEN).build()]);
    let report = scan(&fixture.oci_archive(), &[secret(TOKEN)]);
    let shown = "a\\u{1b}[2J\\n::set-env name=PATH::x\\u{202e}%0A";
    assert_eq!(report.findings[0].path, shown);
    let json: Value = serde_json::from_str(&report.json()).unwrap();
    assert_eq!(json["findings"][0]["path"], shown);
    for text in [
        report.human(),
        report.github(),
        report.json(),
        report.sarif(),
    ] {
        assert!(!text.contains(['\x1b', '\u{202e}']), "{text}");
        assert!(
            !text.lines().any(|line| line.starts_with("::set-env")),
            "{text}"
        );
    }
    assert!(
        report.github().contains("x\\u{202e}%250A"),
        "{}",
        report.github()
    );
    // The name that the caller gives, too.
    let secret = dockerfile_dsl_verify::Secret::new(name, TOKEN).unwrap();
    let report = scan(&fixture.oci_archive(), &[secret]);
    assert!(!report.human().contains('\x1b'), "{}", report.human());
}

#[test]
fn the_offset_is_that_in_the_file_or_field_that_is_shown() {
    let padded = |count: usize| format!("{}{TOKEN}", "x".repeat(count));
    let mut fixture = Fixture::new([Layer::new()
        .file("first", "y".repeat(5000))
        .file("second", padded(700))
        .file("third.gz", gzip(padded(40).as_bytes()))
        .file(
            "fourth.tar",
            Layer::new().file("z", "z").file("inner", padded(9)).build(),
        )
        .build()]);
    fixture.config = json!({"Env": [padded(3)]});
    let report = scan(&fixture.oci_archive(), &[secret(TOKEN)]);
    let mut found: Vec<_> = report
        .findings
        .iter()
        .map(|finding| (&finding.path[..], finding.offset))
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("/config/Env/0", 3),
            ("fourth.tar!inner", 9),
            ("second", 700),
            ("third.gz", 40)
        ]
    );
}

/// What the schema of SARIF 2.1.0 requires, and allows, of all that is written here.
#[test]
fn sarif_is_of_version_2_1_0() {
    let sarif: Value = serde_json::from_str(&report().sarif()).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let [run] = &sarif["runs"].as_array().unwrap()[..] else {
        panic!("{sarif}")
    };
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(run["tool"]["driver"]["name"], "dockerfile-dsl verify");
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    for result in results {
        assert!(rules.iter().any(|rule| rule["id"] == result["ruleId"]));
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        assert_eq!(result["level"], "error");
        let place = &result["locations"][0];
        assert_eq!(
            place["physicalLocation"]["artifactLocation"]["uri"],
            "app.tar"
        );
        assert!(place["logicalLocations"][0]["fullyQualifiedName"].is_string());
    }
    let notes = &run["invocations"][0]["toolExecutionNotifications"];
    assert_eq!(notes[0]["descriptor"]["id"], "unsupported");
}

#[test]
fn nothing_that_comes_out_holds_the_value() {
    for value in [TOKEN, OPAQUE, "hunter2", "password=tr0ub4dor&3x\nline=2\n"] {
        let name = value.replace(['/', '\n'], "_");
        let mut fixture = Fixture::new([Layer::new()
            .file(&format!("dir/{name}/x.gz"), &gzip(value.as_bytes())[..20])
            .file(&format!("{name}.txt"), value)
            .build()]);
        fixture.layers[0].1 = format!("RUN echo {value}");
        fixture.config = json!({"Env": [format!("{value}=x")], "Labels": {value: "x"}});
        let secret = secret(value);
        let verify = Verify::new([secret.clone()]);
        let report = scan(&fixture.oci_archive(), std::slice::from_ref(&secret));
        let out = format!(
            "{report:?}{}{}{}{secret:?}{verify:?}",
            report.human(),
            report.json(),
            report.sarif() + &report.html()
        );
        for part in [value.trim(), &name, "tr0ub4dor"] {
            assert!(!out.contains(part), "{out}");
        }
        let error = verify
            .run(Image::path(format!("/nonexistent/{}", "x")))
            .unwrap_err();
        assert!(!format!("{error:?}{error}").contains(value));
    }
}
