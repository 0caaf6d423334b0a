#!/usr/bin/env python3
"""Ours beside others, in one run: tables of processor time (user and system, the least of some runs) and of ratios.

    .ci/engine peers && cargo build --release -p dockerfile-dsl-cli && benches/peers.py [render] [check] [verify]

render: the same file of 12 stages, from data, with dofigen and dockerfile_builder. Those check nothing.
check: one Dockerfile and 1 000, with hadolint, droast, and BuildKit's `--check` where `docker version` finds an engine. Each has other rules.
verify: ../dockerfile-dsl-verify/benches/compare.py, which needs root.
"""
import os, pathlib, shutil, subprocess, sys, tempfile, time

ROOT = pathlib.Path(__file__).resolve().parent.parent
ENGINE = pathlib.Path(os.environ.get("DOCKERFILE_DSL_ENGINE", ROOT / "target/engine"))
OURS = ROOT / "target/release/dockerfile-dsl"
PEERS = ROOT / "target/peers/release/dockerfile-dsl-peers"
CORPUS = ROOT.parent / "shared/corpus/real"
FILES = 1000
ITERATIONS = 1000
QUIET = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def cost(command, codes=(0,), **more):
    """Seconds of processor time, and seconds."""
    start = time.monotonic()
    child = subprocess.Popen(list(map(str, command)), **QUIET, **more)
    _, status, usage = os.wait4(child.pid, 0)
    if os.waitstatus_to_exitcode(status) not in codes:
        raise RuntimeError(f"{command[0]}: exit code {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - start


def least(commands, rounds, codes=(0,), **more):
    """The least cost of each command, run in turn."""
    all_costs = [[cost(command, codes, **more) for command in commands] for _ in range(rounds)]
    return [tuple(min(times) for times in zip(*costs)) for costs in zip(*all_costs)]


def table(head, rows):
    print("| " + " | ".join(head) + " |\n|" + " --- |" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def render():
    build = ["cargo", "build", "--release", "--quiet", "--manifest-path", ROOT / "benches/peers/Cargo.toml", "--target-dir", ROOT / "target/peers"]
    subprocess.run(list(map(str, build)), check=True)
    libraries = ["dofigen", "dockerfile-dsl", "dockerfile_builder", "command", "render"]
    names = {"dockerfile-dsl": "dockerfile-dsl: model, check, text", "command": "dockerfile-dsl: command line of a checked file"}
    names["render"] = "dockerfile-dsl: text of a checked file"
    secrets = [0, 1, 10]
    runs = [(library, count) for library in libraries for count in secrets]
    commands = [[PEERS, library, count, number] for library, count in runs for number in (ITERATIONS, 0)]
    costs = least(commands, 7)
    micros = {run: (costs[2 * at][0] - costs[2 * at + 1][0]) / ITERATIONS * 1e6 for at, run in enumerate(runs)}
    print("Microseconds of processor time for one file of 12 stages, by the number of steps with a secret:\n")
    cell = lambda library, count: f"{micros[library, count]:.0f} ({micros[library, count] / micros['dofigen', count]:.2f})"
    head = ["", *(f"{count} (beside dofigen)" for count in secrets)]
    table(head, [[names.get(library, library), *(cell(library, count) for count in secrets)] for library in libraries])


def real_files(folder):
    """Real Dockerfiles, each often, with another last comment."""
    texts = [path.read_text() for path in sorted(CORPUS.glob("*.Dockerfile"))]
    source = f"{len(texts)} real ones"
    if not texts:
        texts = [path.read_text() for path in sorted(ROOT.glob("examples/**/*.Dockerfile"))]
        source = f"{len(texts)} of examples/"
    for index in range(FILES):
        place = folder / f"{index:04}"
        place.mkdir()
        (place / "Dockerfile").write_text(f"{texts[index % len(texts)].rstrip()}\n# {index}\n")
    return source


def check():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        source = real_files(folder)
        files = sorted(folder.glob("*/Dockerfile"))
        # Each with the number of runs: of one file, of all.
        tools = {"dockerfile-dsl check": ([OURS, "check"], 20, 5), "hadolint": ([ENGINE / "peers/hadolint"], 10, 2), "droast": ([ENGINE / "peers/droast"], 10, 2)}
        rows = []
        ours = None
        for tool, (command, rounds, rounds_of_all) in tools.items():
            if not pathlib.Path(command[0]).exists():
                rows.append([tool, "not there: `.ci/engine linters`", "", "", ""])
                continue
            one, = least([[*command, files[0]]], rounds, (0, 1, 2), cwd=folder)
            many, = least([[*command, *files]], rounds_of_all, (0, 1, 2), cwd=folder)
            ours = ours or (one, many)
            rows.append([tool, *row(one, ours[0]), *row(many, ours[1])])
        rows.append(["BuildKit `--check`", *buildkit(folder, ours[0])])
        print(f"Milliseconds of processor time (and elapsed) for one Dockerfile, and for {FILES} ({source}, each repeated):\n")
        table(["", "one", "beside ours", f"{FILES}", "beside ours"], rows)


def row(taken, ours):
    return f"{taken[0] * 1e3:.1f} ({taken[1] * 1e3:.1f})", f"{taken[0] / ours[0]:.1f}"


def buildkit(folder, ours):
    """Elapsed only: the daemon does the work. A file that needs nothing from a registry."""
    if not shutil.which("docker") or subprocess.run(["docker", "version"], **QUIET).returncode:
        return ["no engine: `.ci/engine start`", "", "", ""]
    place = folder / "buildkit"
    place.mkdir()
    (place / "Dockerfile").write_text("FROM scratch\nCOPY Dockerfile /\nENV A=1\nWORKDIR /a\nCMD [\"/x\"]\n")
    # As long as ours for the same file.
    docker, mine = least([["docker", "build", "--check", place], [OURS, "check", place / "Dockerfile"]], 10, (0, 1, 2), cwd=place)
    return [f"(elapsed {docker[1] * 1e3:.1f})", f"{docker[1] / mine[1]:.1f} (elapsed)", "", "one file a call"]


def main():
    wanted = sys.argv[1:] or ["render", "check", "verify"]
    if "render" in wanted:
        render()
    if "check" in wanted:
        check()
    if "verify" in wanted:
        output = subprocess.run([ROOT / "dockerfile-dsl-verify/benches/compare.py"], check=True, stdout=subprocess.PIPE, text=True).stdout
        print(f"```text\n{output}```\n")


main()
