#!/usr/bin/env python3
"""The scan beside gitleaks, trufflehog, trivy and kingfisher, on one image that holds two values in some forty places each.

Makes the image (about 1 GB, in target/tmp/compare; `--again` takes the one that is there), runs every tool without a network, and prints seconds, processor
time, resident memory, and how many of the places it found: for a value that looks like a GitHub token, and for a password that
looks like nothing.

    .ci/engine peers && cargo build --release -p dockerfile-dsl-cli && dockerfile-dsl-verify/benches/compare.py

Needs root (for `unshare --net`), git and zstd, and minutes: the others are slow. It is not the same work: the others do not know the values and look for what is
shaped like a secret, gitleaks 8.26 reads no images and no archives and gets the image unpacked (which is not counted), and only the scan
checks digests. A place counts for the others if they report anything in its file; for us if the finding names the value.
"""
import base64, bz2, gzip, hashlib, io, json, lzma, os, pathlib, random, shutil, subprocess, sys, tarfile, tempfile, time, urllib.parse, zipfile, zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENGINE = pathlib.Path(os.environ.get("DOCKERFILE_DSL_ENGINE", ROOT / "target/engine"))
FOLDER = ROOT / "target/tmp/compare"
OURS = ROOT / "target/release/dockerfile-dsl"


def token():
    """As GitHub makes them: the last six digits are the CRC-32 of the others."""
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    body, check = "9aXk2LmQ7vRt4WbY6NcJ1sDf8GhP3z", ""
    number = zlib.crc32(body.encode())
    for _ in range(6):
        number, digit = divmod(number, 62)
        check = digits[digit] + check
    return "ghp_" + body + check


VALUES = {"token": token(), "opaque": 'q7/Rv+2&x"Kd9~Lm4?Wz8=Tn3%Bp'}


def tar(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def packed(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def repository(line):
    """Packs and loose objects, as git writes them: a blob with the line, one whose delta adds it."""
    with tempfile.TemporaryDirectory() as folder:

        def git(*arguments):
            subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments], cwd=folder, check=True, capture_output=True)

        base = b"".join(b"line %d of a file that is long enough for a delta\n" % number for number in range(90))
        git("init", "-q")
        for content in [base, line + base[:-400], base]:
            pathlib.Path(folder, "file").write_bytes(content)
            git("add", "file")
            git("commit", "-q", "-m", "change")
        loose = [(str(one.relative_to(folder)), one.read_bytes()) for one in pathlib.Path(folder, ".git/objects").glob("??/*")]
        loose = [one for one in loose if line in zlib.decompress(one[1])][:1]
        git("repack", "-adfq")
        pack = next(pathlib.Path(folder, ".git/objects/pack").glob("*.pack"))
        return loose[0], (str(pack.relative_to(folder)), pack.read_bytes())


def places(value):
    """Name of the place, path below its folder, content."""
    raw, line = value.encode(), f"TOKEN={value}\n".encode()
    noise = random.Random(1).randbytes
    text = base64.b64encode
    loose, pack = repository(line)
    wide = lambda encoding: f"password = {value}\n".encode(encoding)
    return [
        ("raw", "app/.env", line),
        ("yaml", "app/values.yaml", b"password: " + raw + b"\n"),
        ("url", "app/config", b"https://deploy:" + urllib.parse.quote(value, safe="").encode() + b"@git.example.com/a.git\n"),
        ("base64", "a.txt", text(raw)),
        ("base64, basic auth", "a.conf", b"Authorization: Basic " + text(b"user:" + raw)),
        ("base64, url-safe", "a.txt", base64.urlsafe_b64encode(b"??" + raw)),
        ("base64, wrapped", "a.txt", base64.encodebytes(b"a" * 41 + raw + b"b" * 60)),
        ("base64, twice", "a.yaml", b"auth: " + text(text(b"user:" + raw))),
        ("hex", "a.txt", raw.hex().encode()),
        ("percent", "a.txt", "".join(f"%{byte:02X}" for byte in raw).encode()),
        ("json", "a.json", json.dumps({"token": value, "ünicode": "é"}).encode()),
        ("utf-16le", "a.reg", b"\xff\xfe" + wide("utf-16-le")),
        ("utf-16be", "a.reg", b"\xfe\xff" + wide("utf-16-be")),
        ("reversed", "a.txt", raw[::-1]),
        ("gzip", "a.log.gz", gzip.compress(line)),
        ("zlib", "a.z", zlib.compress(line + noise(2000))),
        ("zstd", "a.zst", subprocess.run(["zstd", "-qc"], input=line, stdout=subprocess.PIPE, check=True).stdout),
        ("xz", "a.xz", lzma.compress(line)),
        ("bzip2", "a.bz2", bz2.compress(line)),
        ("tar", "a.tar", tar({"in/.env": line})),
        ("tar.gz", "a.tgz", gzip.compress(tar({"in/.env": line}))),
        ("tar.gz in tar.gz", "a.tar.gz", gzip.compress(tar({"b.tar.gz": gzip.compress(tar({"in/.env": line}))}))),
        ("jar", "a.jar", packed({"META-INF/x.properties": line})),
        ("whl", "a.whl", packed({"a/b.py": line})),
        ("jar in jar", "boot.jar", packed({"lib/a.jar": packed({"x.properties": line})})),
        ("git loose object", loose[0], loose[1]),
        ("git pack", pack[0], pack[1]),
        ("ELF program", "bin/app", b"\x7fELF\x02\x01\x01\0" + noise(70_000) + line + noise(999)),
        ("pyc", "a.pyc", b"\xa7\r\r\n" + bytes(12) + noise(50) + b"\xda" + bytes([len(raw)]) + raw + noise(50)),
        ("png", "a.png", b"\x89PNG\r\n\x1a\n" + noise(500) + line),
        ("node_modules", "node_modules/a/.npmrc", b"//registry.npmjs.org/:_authToken=" + raw + b"\n"),
        ("package-lock.json", "package-lock.json", json.dumps({"resolved": f"https://u:{value}@npm.example.com/a.tgz"}, indent=1).encode()),
        ("64 KiB straddled", "a.txt", b"." * (65536 - 15) + b"\n" + line + b"." * 99),
        ("a fragment in a log", "build.log", b"fatal: could not read " + raw[3:21] + b"...\n"),
    ]


class Image:
    """Layers on disk, and what is planted where."""

    def __init__(self):
        self.where = {}  # path, or path with line, to (value, place)

    def layer(self):
        path = FOLDER / "planted.tar"
        with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:

            def add(path, content=b"", **fields):
                entry = tarfile.TarInfo(path)
                entry.size = len(content)
                for name, field in fields.items():
                    setattr(entry, name, field)
                archive.addfile(entry, io.BytesIO(content))

            for kind, value in VALUES.items():
                for number, (place, name, content) in enumerate(places(value)):
                    folder = f"srv/{kind}/{number:02}"
                    add(f"{folder}/{name}", content)
                    self.where[folder] = (kind, place)
                flat = value.replace("/", "_")
                for number, (place, fields) in enumerate(
                    {
                        "deleted by a later layer": {"content": f"TOKEN={value}\n".encode()},
                        "file name": {"name": flat},
                        "link target": {"type": tarfile.SYMTYPE, "linkname": "/x/" + flat},
                        "xattr": {"pax_headers": {"SCHILY.xattr.user.token": value}},
                        "owner": {"uname": value},
                    }.items()
                ):
                    folder = f"opt/{kind}/{number:02}"
                    name = fields.pop("name", "gone" if number == 0 else "file")
                    add(f"{folder}/{name}", **fields)
                    self.where[folder] = (kind, place)
            # Both values in one large file.
            for name, size in {"71 MB": 71_000_000, "295 MB": 295_000_000}.items():
                block = random.Random(2).randbytes(1 << 20)
                content = bytearray((block * (size // len(block) + 1))[:size])
                for at, value in zip((size // 3, size - 50), VALUES.values()):
                    line = f"\nTOKEN={value}\n".encode()
                    content[at : at + len(line)] = line
                add(f"big/{name[:-3]}.dat", bytes(content))
                for kind in VALUES:
                    self.where[f"big/{name[:-3]}.dat {kind}"] = (kind, name + " file")
        return path


def make():
    """Writes a docker archive as Docker 28 saves it: OCI layout and manifest.json. The tree is the same, unpacked."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    image, tree = Image(), FOLDER / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    base, planted = ENGINE / "boilerplate.tar", image.layer()
    (FOLDER / "gone.tar").write_bytes(tar({f"opt/{kind}/00/.wh.gone": b"" for kind in VALUES}))
    layers = [base, planted, FOLDER / "gone.tar"]
    out = tarfile.open(FOLDER / "image.tar", "w")

    def put(name, content=None, path=None):
        entry = tarfile.TarInfo(name)
        entry.size = path.stat().st_size if path else len(content)
        with open(path, "rb") if path else io.BytesIO(content) as data:
            out.addfile(entry, data)

    def blob(content=None, path=None, kind="application/vnd.oci.image.layer.v1.tar"):
        with open(path, "rb") if path else io.BytesIO(content) as data:
            digest = hashlib.file_digest(data, "sha256").hexdigest()
        put("blobs/sha256/" + digest, content, path)
        return {"mediaType": kind, "digest": "sha256:" + digest, "size": path.stat().st_size if path else len(content)}

    blobs = [blob(path=layer) for layer in layers]
    lines = {}

    def document(name, value):
        """Pretty, so that a line is a place; the tree holds it too, for the tools that read no image."""
        text = json.dumps(value, indent=1)
        tree.joinpath("image").mkdir(parents=True, exist_ok=True)
        tree.joinpath("image", name).write_text(text)
        return text.encode()

    environment = [f"TOKEN={value}" for value in VALUES.values()]
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {"Env": environment, "Labels": dict(VALUES), "Cmd": ["run", *VALUES.values()]},
        "rootfs": {"type": "layers", "diff_ids": [one["digest"] for one in blobs]},
        "history": [{"created_by": f"RUN |1 TOKEN={value} make"} for value in VALUES.values()] + [{"created_by": "RUN rm gone"}],
    }
    provenance = {"predicateType": "https://slsa.dev/provenance/v1", "predicate": {"args": {f"build-arg:{kind}": value for kind, value in VALUES.items()}}}
    configured = blob(document("config.json", config), kind="application/vnd.oci.image.config.v1+json")
    manifest = {"schemaVersion": 2, "config": configured, "layers": blobs, "annotations": {f"a.{kind}": value for kind, value in VALUES.items()}}
    attested = blob(document("provenance.json", provenance), kind="application/vnd.in-toto+json")
    attestation = {"schemaVersion": 2, "config": blob(b"{}", kind="application/vnd.oci.image.config.v1+json"), "layers": [attested]}
    kind = "application/vnd.oci.image.manifest.v1+json"
    manifests = [blob(document("manifest.json", manifest), kind=kind), blob(json.dumps(attestation).encode(), kind=kind)]
    manifests[1]["annotations"] = {"vnd.docker.reference.type": "attestation-manifest"}
    put("index.json", json.dumps({"schemaVersion": 2, "manifests": manifests}).encode())
    put("oci-layout", b'{"imageLayoutVersion":"1.0.0"}')
    file = lambda one: "blobs/" + one["digest"].replace(":", "/")
    put("manifest.json", json.dumps([{"Config": file(configured), "RepoTags": ["app:latest"], "Layers": [file(one) for one in blobs]}]).encode())
    out.close()
    for kind in VALUES:
        for place in ["ENV", "LABEL", "CMD", "history", "annotation", "provenance"]:
            image.where[f"{place} {kind}"] = (kind, place)
    for layer in layers[:2]:
        subprocess.run(["tar", "xf", layer, "-C", tree, "--no-same-owner", "--xattrs"], check=True, stderr=subprocess.DEVNULL)
    (FOLDER / "where.json").write_text(json.dumps(image.where))


def run(command):
    """Output, seconds, seconds of processor time, resident MB."""
    start = time.monotonic()
    child = subprocess.Popen(["unshare", "--net", *command], stdout=subprocess.PIPE, stderr=open(FOLDER / "stderr", "a"), env={**os.environ, **environment()}, cwd=FOLDER)
    output = child.stdout.read()
    _, _, usage = os.wait4(child.pid, 0)
    return output, time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000


def environment():
    return {f"VALUE_{kind}": value for kind, value in VALUES.items()}


def place_of(where, path, text, pointer=""):
    """The place that a finding is about."""
    for kind, value in VALUES.items():
        if value in text or not text:
            for name in [f"{path} {kind}", f"{pointer} {kind}"]:
                if name in where:
                    yield where[name]
    folder = "/".join(path.split("/")[:3])
    if folder in where:
        yield where[folder]


def in_documents(where, file, text, line):
    """The same for a line of the image's documents in the tree."""
    if file.startswith("image/"):
        before = (FOLDER / "tree" / file).read_text().splitlines()[:line]
        heads = {"Env": "ENV", "Labels": "LABEL", "Cmd": "CMD", "history": "history", "annotations": "annotation", "args": "provenance"}
        head = [one.strip().split('"')[1] for one in before if one.rstrip().endswith(("{", "[")) and '"' in one]
        head = [one for one in head if one in heads]
        for kind, value in VALUES.items():
            if head and (value in text or json.dumps(value)[1:-1] in text):
                yield where[f"{heads[head[-1]]} {kind}"]


def ours(where):
    secrets = [argument for kind in VALUES for argument in ("--secret", f"id={kind},env=VALUE_{kind}")]
    output, *cost = run([OURS, "verify", "--format", "json", *secrets, FOLDER / "image.tar"])
    report = json.loads(output)
    pointers = {"config": {"Env": "ENV", "Labels": "LABEL", "Cmd": "CMD"}, "history": "history", "annotation": "annotation", "attestation": "provenance"}
    found, other = set(), 0
    for finding in report["findings"]:
        kind, pointer = finding["secret"], pointers.get(finding["place"], "")
        if isinstance(pointer, dict):
            pointer = pointer.get(finding["path"].split("/")[2], "")
        hits = set(place_of(where, finding["path"].split("!")[0], VALUES[kind], pointer))
        hits = {hit for hit in hits if hit[0] == kind}
        found |= hits
        other += not hits
    return found, other, cost


def gitleaks(where):
    tool, report, tree = ENGINE / "gitleaks/usr/bin/gitleaks", FOLDER / "gitleaks.json", FOLDER / "tree"
    _, *cost = run([tool, "dir", tree, "--no-banner", "--max-decode-depth", "3", "-f", "json", "-r", report, "--exit-code", "0"])
    found, other = set(), 0
    for finding in json.loads(report.read_text()):
        file, text = os.path.relpath(finding["File"], tree), finding["Match"] + finding["Secret"]
        hits = {*place_of(where, file, text), *in_documents(where, file, text, finding["StartLine"])}
        found |= hits
        other += not hits
    return found, other, cost


def trufflehog(where, *source, documents=False):
    tool, tree = ENGINE / "trufflehog/usr/bin/trufflehog", FOLDER / "tree"
    output, *cost = run([tool, *source, "--no-verification", "--no-update", "--json"])
    found, other = set(), 0
    for line in output.splitlines():
        finding = json.loads(line)
        if "SourceMetadata" not in finding:
            continue
        data = next(iter(finding["SourceMetadata"]["Data"].values()))
        file, text = data.get("file", "").lstrip("/"), finding.get("Raw", "") + finding.get("RawV2", "")
        if documents:
            file = os.path.relpath("/" + file, tree)
        hits = {*place_of(where, file, text), *in_documents(where, file, text, data.get("line", 0))}
        if "history" in file:
            hits |= {where[f"history {kind}"] for kind, value in VALUES.items() if value in text}
        found |= hits
        other += not hits
    return found, other, cost


def trivy(where, kind, *source):
    command = [ENGINE / "peers/trivy", kind, "--scanners", "secret", "--offline-scan", "--quiet", "--timeout", "30m", "--format", "json", *source]
    output, *cost = run(command)
    found, other = set(), 0
    for result in json.loads(output).get("Results") or []:
        for finding in result.get("Secrets") or []:
            # What it found is masked.
            hits = set(place_of(where, result["Target"].lstrip("/"), finding["Match"]))
            found |= hits
            other += not hits
    return found, other, cost


def kingfisher(where):
    tree = FOLDER / "tree"
    output, *cost = run([ENGINE / "peers/kingfisher", "scan", tree, "--no-validate", "--format", "jsonl", "--git-history", "none", "--no-dedup"])
    found, other = set(), 0
    for line in output.splitlines():
        finding = json.loads(line).get("finding")
        if finding is None:
            continue
        file = os.path.relpath(finding["path"], tree)
        hits = {*place_of(where, file, finding["snippet"]), *in_documents(where, file, finding["snippet"], finding["line"])}
        found |= hits
        other += not hits
    return found, other, cost


def main():
    if "--make" in sys.argv:
        return make()
    if "--again" not in sys.argv or not (FOLDER / "where.json").exists():
        # In a process of its own: what a child has resident begins with what its parent had.
        subprocess.run([sys.executable, __file__, "--make"], check=True)
    where = {name: tuple(place) for name, place in json.loads((FOLDER / "where.json").read_text()).items()}
    image, tree = FOLDER / "image.tar", FOLDER / "tree"
    rows = {
        "dockerfile-dsl verify": ours(where),
        "gitleaks dir (unpacked)": gitleaks(where),
        "trufflehog docker": trufflehog(where, "docker", f"--image=file://{image}"),
        "trufflehog filesystem (unpacked)": trufflehog(where, "filesystem", str(tree), documents=True),
        "trivy image": trivy(where, "image", "--input", image),
        "trivy fs (unpacked)": trivy(where, "fs", tree),
        "kingfisher scan (unpacked)": kingfisher(where),
    }
    names = list(dict.fromkeys(place for _, place in where.values()))
    print(f"image: {image.stat().st_size / 1e6:.0f} MB, {len(names)} places, two values in each\n")
    print(f"{'':34} {'seconds':>8} {'cpu s':>8} {'RSS MB':>8} {'token':>9} {'opaque':>9} {'elsewhere':>9}")
    for tool, (found, other, (seconds, cpu, memory)) in rows.items():
        counts = [f"{sum(hit[0] == kind for hit in found)}/{len(names)}" for kind in VALUES]
        print(f"{tool:34} {seconds:8.1f} {cpu:8.1f} {memory:8.0f} {counts[0]:>9} {counts[1]:>9} {other:>9}")
    print(f"\n{'place (token, opaque)':34} " + " ".join(f"{tool[:22]:>22}" for tool in rows))
    for name in names:
        marks = ["".join("x" if (kind, name) in found else "-" for kind in VALUES) for found, _, _ in rows.values()]
        print(f"{name:34} " + " ".join(f"{mark:>22}" for mark in marks))


main()
