//! How fast secrets are followed: each real script as a step that mounts one, and a thousand Dockerfiles in one process.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dockerfile_dsl_analysis::check::{check_file, many};
use dockerfile_dsl_analysis::dockerfile::{File, read};

/// The corpus lies beside the repository.
fn corpus(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/corpus")
        .join(name)
}

fn scripts() -> Vec<String> {
    let path = corpus("shell/run.jsonl");
    let Ok(lines) = std::fs::read_to_string(&path) else {
        eprintln!("SKIPPED: no corpus at {}", path.display());
        return Vec::new();
    };
    let text = |line: &str| {
        let value: serde_json::Value = serde_json::from_str(line).expect(
            "one JSON object per \
            line",
        );
        value["text"].as_str().expect("a string").to_owned()
    };
    lines.lines().map(text).collect()
}

fn dockerfiles() -> Vec<String> {
    let Ok(folder) = std::fs::read_dir(corpus("real")) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = folder
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "Dockerfile")
    });
    paths.sort();
    paths
        .iter()
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .collect()
}

fn parsed(text: &str) -> Option<File> {
    read(text).ok()
}

fn all(criterion: &mut Criterion) {
    let scripts = scripts();
    let step = |script: &String| {
        format!(
            "FROM a\nRUN --mount=type=secret,id=t <<'E_O_F'\nT=$(cat \
                                          /run/secrets/t)\n{script}\nE_O_F\n"
        )
    };
    let files: Vec<File> = scripts
        .iter()
        .filter_map(|script| parsed(&step(script)))
        .collect();
    if !files.is_empty() {
        let mut group = criterion.benchmark_group("flow");
        let size = scripts.iter().map(String::len).sum::<usize>();
        group.throughput(Throughput::Bytes(size as u64));
        group
            .measurement_time(Duration::from_secs(5))
            .sample_size(10);
        group.bench_function("RUN scripts that read a secret", |bencher| {
            bencher.iter(|| {
                many(|| {
                    files
                        .iter()
                        .map(|file| black_box(check_file(file)).len())
                        .sum::<usize>()
                })
            });
        });
        group.finish();
    }
    let dockerfiles = dockerfiles();
    if !dockerfiles.is_empty() {
        let mut group = criterion.benchmark_group("check");
        group
            .measurement_time(Duration::from_secs(5))
            .sample_size(10);
        group.bench_function("1000 Dockerfiles", |bencher| {
            bencher.iter(|| {
                many(|| {
                    let files = dockerfiles.iter().cycle().take(1000);
                    files
                        .filter_map(|text| parsed(text))
                        .map(|file| black_box(check_file(&file)).len())
                        .sum::<usize>()
                })
            });
        });
        group.finish();
    }
}

criterion_group!(benches, all);
criterion_main!(benches);
