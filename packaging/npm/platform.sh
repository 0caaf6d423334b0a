#!/usr/bin/env bash
# Makes the npm package of one platform: the binary and its package.json.
#
#   packaging/npm/platform.sh OS CPU BINARY FOLDER      for example: linux x64 target/release/dockerfile-dsl /tmp/linux-x64
set -euo pipefail
os=$1 cpu=$2 binary=$3 folder=$4
here=$(cd "$(dirname "$0")" && pwd)
version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$here/package.json")
mkdir -p "$folder"
install -m 755 "$binary" "$folder/$(basename "$binary")"
cat >"$folder/package.json" <<JSON
{
  "name": "@dockerfile-dsl/$os-$cpu",
  "version": "$version",
  "description": "The binary of dockerfile-dsl for $os on $cpu.",
  "license": "(MIT OR Apache-2.0)",
  "repository": { "type": "git", "url": "git+https://github.com/dockerfile-dsl/dockerfile-dsl.git" },
  "files": ["$(basename "$binary")"],
  "os": ["$os"],
  "cpu": ["$cpu"],
  "preferUnplugged": true
}
JSON
