//! The growth of `check`: repositories of 100, 1 000 and 10 000 files, five in each folder, with the same kinds of files.
//!
//! Prints per size the processor time and the elapsed time, and the processor time of 1 000 files. If the last column is the same in each
//! row, the time is proportional to the number of files. Fails if 10 000 files take more than 11 times as long as 1 000.
//!
//! ```text
//! cargo bench -p dockerfile-dsl-cli
//! ```
#![expect(clippy::print_stdout, reason = "the table is the product")]

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use tempfile::TempDir;

const SIZES: [usize; 3] = [100, 1_000, 10_000];
/// Of each folder: one of each kind.
const FILES: [(&str, &str); 5] = [
    (
        "Dockerfile",
        "FROM node:22 AS build\nWORKDIR /app\nCOPY package.json ./\n\
         RUN --mount=type=secret,id=npm,target=/root/.npmrc,required=true npm ci\n\
         COPY . .\nRUN npm run build\nFROM node:22-slim\nCOPY --from=build /app/dist /app\n",
    ),
    (
        "tools.Dockerfile",
        "FROM debian:12\nRUN apt-get update && apt-get install -y git\n\
         RUN --mount=type=secret,id=token,required=true git -c http.extraHeader=\"Authorization: \
         Bearer $(cat /run/secrets/token)\" clone https://h/x /src\n",
    ),
    (
        "compose.yml",
        "services:\n  web:\n    build:\n      context: .\n      secrets: [npm]\n\
         secrets:\n  npm:\n    environment: NPM\n",
    ),
    (
        "build.sh",
        "#!/bin/sh\nset -eu\ncd \"$(dirname \"$0\")\"\n\
         docker build --secret id=token,env=TOKEN -f tools.Dockerfile .\n",
    ),
    (
        "docker-bake.hcl",
        "target \"web\" {\n  secret = [{ id = \"npm\", env = \"NPM\" }]\n}\n",
    ),
];

fn main() {
    // `cargo test --benches` passes no `--bench`.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let mut all = Vec::new();
    println!("files   processor  elapsed  processor per 1 000 files");
    for size in SIZES {
        let folder = TempDir::new().expect("can be made");
        fill(folder.path(), size);
        let (before, start) = (processor_time(), Instant::now());
        let status = Command::new(env!("CARGO_BIN_EXE_dockerfile-dsl"))
            .args(["check", "--quiet"])
            .current_dir(folder.path())
            .status()
            .expect("can be run");
        assert_eq!(status.code(), Some(0), "the files are clean");
        let (processor, elapsed) = (processor_time() - before, start.elapsed().as_secs_f64());
        let each = processor * 1_000.0 / size as f64;
        println!("{size:6}  {processor:8.2} s  {elapsed:5.2} s  {each:8.2} s");
        all.push(processor);
    }
    if let [.., thousand, ten_thousand] = all[..] {
        assert!(ten_thousand <= 11.0 * thousand, "the limit is passed");
    }
}

fn fill(root: &Path, files: usize) {
    for folder in 0..files / FILES.len() {
        let folder = root.join(format!("group{}/service{folder}", folder % 20));
        fs::create_dir_all(&folder).expect("can be made");
        for (name, text) in FILES {
            fs::write(folder.join(name), text).expect("can be written");
        }
    }
}

/// Seconds of processor time of the children that have ended.
fn processor_time() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program, in parentheses, may contain blanks.
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let times = fields.split_whitespace().skip(13).take(2);
    // cutime and cstime, in hundredths.
    let hundredths: f64 = times.filter_map(|time| time.parse::<f64>().ok()).sum();
    hundredths / 100.0
}
