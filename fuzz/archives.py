#!/usr/bin/env python3
"""Fills corpus/ of the scanner's targets with small archives, made by the programs that make real ones.

Needs git and zstd beside Python. Half of the archives hold the value that the targets search for."""
import bz2, gzip, hashlib, io, json, lzma, os, pathlib, subprocess, tarfile, tempfile, zipfile, zlib

VALUE = b"s3cr3t-V4lue"
os.chdir(pathlib.Path(__file__).parent)


def seed(target, data):
    folder = pathlib.Path("corpus", target)
    folder.mkdir(parents=True, exist_ok=True)
    folder.joinpath(hashlib.sha1(data).hexdigest()).write_bytes(data)


def run(*command, data=None, cwd=None):
    return subprocess.run(command, input=data, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout


def zstd(data):
    return run("zstd", "-q", "-c", data=data)


PACKINGS = [bytes, gzip.compress, zlib.compress, bz2.compress, lzma.compress, zstd]


def tar(files, form=tarfile.GNU_FORMAT, pax=None, kind=tarfile.REGTYPE):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form, pax_headers=pax) as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.type, entry.size, entry.uname = kind, len(content), "root"
            if form == tarfile.PAX_FORMAT:
                entry.pax_headers = {"SCHILY.xattr.user.a": "b", "path": name}
            if kind != tarfile.REGTYPE:
                entry.linkname = "../target"
            archive.addfile(entry, io.BytesIO(content))
    # Python pads to 10 KiB; two blocks of zeros are enough.
    return out.getvalue().rstrip(b"\0") + bytes(1024 + -len(out.getvalue().rstrip(b"\0")) % 512)


def packed(files, method):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


class Stream(io.RawIOBase):
    """A file that cannot be sought in: the sizes of a zip's members then stand behind them."""

    def __init__(self):
        self.data = b""

    def writable(self):
        return True

    def write(self, data):
        self.data += bytes(data)
        return len(data)


def streamed(files):
    out = Stream()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.data


def image(layers, docker):
    files = {}

    def blob(data):
        digest = hashlib.sha256(data).hexdigest()
        files["blobs/sha256/" + digest] = data
        return {"mediaType": "x", "digest": "sha256:" + digest, "size": len(data)}

    config = {"config": {"Env": ["A=b"]}, "rootfs": {"diff_ids": ["sha256:" + "0" * 64]}, "history": [{"created_by": "RUN x"}]}
    manifest = {"config": blob(json.dumps(config).encode()), "layers": [blob(layer) for layer in layers]}
    files["index.json"] = json.dumps({"manifests": [blob(json.dumps(manifest).encode())]}).encode()
    if docker:
        name = lambda one: "blobs/" + one["digest"].replace(":", "/")
        image = {"Config": name(manifest["config"]), "Layers": [name(one) for one in manifest["layers"]]}
        files["manifest.json"] = json.dumps([image]).encode()
    return tar(files)


def repository(text):
    """A pack with deltas, and loose objects, as git writes them."""
    with tempfile.TemporaryDirectory() as folder:
        git = lambda *arguments: run("git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments, cwd=folder)
        git("init", "-q")
        for number in range(3):
            lines = [b"line %d of a file that is long enough for a delta\n" % line for line in range(40)] + [text] * number
            pathlib.Path(folder, "file").write_bytes(b"".join(lines))
            git("add", "file")
            git("commit", "-q", "-m", "change")
        loose = [one.read_bytes() for one in pathlib.Path(folder, ".git/objects").glob("??/*")]
        git("repack", "-adfq", "--depth=5")
        packs = [one.read_bytes() for one in pathlib.Path(folder, ".git/objects/pack").glob("*.pack")]
        return packs, loose


for text in [VALUE, b"nothing to see", bytes(600) + VALUE, b""]:
    files = {"a": text, "dir/b.txt": b"text " * 5}
    layers = [tar(files), tar(files, tarfile.PAX_FORMAT), tar(files, tarfile.PAX_FORMAT, {"comment": "all"})]
    layers += [tar({"n" * 150: text}), tar({"link": b""}, kind=tarfile.SYMTYPE), tar({"a.gz": gzip.compress(text)})]
    layers += [tar({".wh.a": b"", "b/.wh..wh..opq": b"", "x.tar": tar(files)}), b"!<arch>\n" + b"%-16s%-32s%-10d`\n" % (b"a/", b"0", len(text)) + text]
    zips = [packed(files, method) for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)] + [streamed(files)]
    zips.append(packed({"lib.jar": zips[1], "a.tar.gz": gzip.compress(layers[0])}, zipfile.ZIP_DEFLATED))
    packs, loose = repository(text + b"\n")
    for layer in layers + zips:
        for packing in PACKINGS:
            seed("tar", packing(layer))
    for data in zips:
        seed("zip", data)
        seed("tar", tar({"a.jar": data}))
    for data in packs:
        seed("git", data)
        seed("git", data[12:])
        seed("tar", tar({"a.pack": data}))
    for data in loose:
        seed("git", data)
    for layer in layers[:3]:
        for packing in PACKINGS[:2] + [zstd]:
            for docker in (False, True):
                whole = image([packing(layer)], docker)
                seed("archive", whole)
                seed("archive", gzip.compress(whole))
    seed("archive", tar({"0" * 64 + "/layer.tar": layers[0], "manifest.json": b'[{"Config":"c","Layers":["%s/layer.tar"]}]' % (b"0" * 64)}))
    seed("archive", b"#1 RUN echo\n#1 0.1 " + text + b"\n")
    # The first byte names the signature that the target puts before the others.
    line = text * 3 + b" some text, some text"
    seed("containers", b"\0" + lzma.compress(line, lzma.FORMAT_ALONE))
    seed("containers", b"\0" + gzip.compress(line) + b"tail" + bz2.compress(line))
    seed("containers", b"\x0c" + gzip.compress(line)[10:])
    seed("containers", b"\x0b" + zlib.compress(line)[2:] + b"\nendstream")
    seed("containers", b"\x0a" + zlib.compress(line)[2:])
    seed("containers", b"\x09Comment\0\0" + zlib.compress(line))
    seed("containers", b"\x0d" + lzma.compress(line)[12:])
    for name in pathlib.Path("../dockerfile-dsl-verify/tests/data/containers").glob("*.*"):
        seed("containers", b"\0" + name.read_bytes())
