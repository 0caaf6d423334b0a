#!/bin/sh
# Fills corpus/ of each target with the project's own cases, and with real scripts if they lie beside the repository.
set -eu
cd "$(dirname "$0")"
exec python3 - <<'PYTHON'
import hashlib, json, pathlib, subprocess

def seed(target, texts):
    folder = pathlib.Path("corpus", target)
    folder.mkdir(parents=True, exist_ok=True)
    for text in texts:
        data = text.encode()
        folder.joinpath(hashlib.sha1(data).hexdigest()).write_bytes(data)

def field(path, name):
    return [json.loads(line)[name] for line in path.read_text().splitlines()] if path.exists() else []

shared = pathlib.Path("../../shared/corpus")
data = pathlib.Path("../tests/data")
cases = subprocess.run(["cargo", "run", "--quiet", "-p", "dockerfile-dsl-tests", "--example", "cases"], cwd="..", check=True, capture_output=True)
scripts = [json.loads(line)["script"] for line in cases.stdout.splitlines()]
scripts += field(shared / "shell/run.jsonl", "text") + field(shared / "shell/scripts.jsonl", "text")
folders = [data / "wholefile", shared / "wholefile", shared / "real"]
files = [one.read_text(errors="replace") for folder in folders for one in sorted(folder.glob("*ockerfile*")) if one.is_file()]
seed("shell", [text for text in scripts if len(text) < 4096])
seed("dockerfile", files)
seed("flow", files + ["FROM a\nRUN --mount=type=secret,id=t,target=/run/secrets/t <<'E_O_F'\n%s\nE_O_F\n" % text for text in scripts if len(text) < 4096])
PYTHON
