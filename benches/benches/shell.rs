//! How fast shell scripts are read: real RUN scripts as sh, real script files as bash.

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dockerfile_dsl_analysis::shell::{Dialect, Options, parse};

/// The scripts of one file of the corpus, which lies beside the repository.
fn scripts(file: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/corpus/shell")
        .join(file);
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

fn bench(criterion: &mut Criterion, name: &str, scripts: &[String], dialect: Dialect) {
    let size = scripts.iter().map(String::len).sum::<usize>();
    if size == 0 {
        return;
    }
    let mut group = criterion.benchmark_group("shell");
    group.throughput(Throughput::Bytes(size as u64));
    group
        .measurement_time(Duration::from_secs(5))
        .sample_size(30);
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            for script in scripts {
                black_box(
                    parse(
                        script,
                        &Options {
                            dialect,
                            ..Options::default()
                        },
                    )
                    .is_ok(),
                );
            }
        });
    });
    group.finish();
}

fn all(criterion: &mut Criterion) {
    bench(
        criterion,
        "RUN scripts as sh",
        &scripts("run.jsonl"),
        Dialect::Sh,
    );
    bench(
        criterion,
        "script files as bash",
        &scripts("scripts.jsonl"),
        Dialect::Bash,
    );
    let line = format!("{}a", "echo \"$a\" b 'c' >d && ".repeat((1 << 20) / 22));
    bench(criterion, "one line of 1 MB", &[line], Dialect::Sh);
}

criterion_group!(benches, all);
criterion_main!(benches);
