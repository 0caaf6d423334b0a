#!/usr/bin/env node
// Runs the binary of the package for this platform, which npm installs as an optional dependency.
"use strict";
const { spawnSync } = require("node:child_process");

const name = `@dockerfile-dsl/${process.platform}-${process.arch}`;
const file = process.platform === "win32" ? "dockerfile-dsl.exe" : "dockerfile-dsl";
let binary;
try {
  binary = require.resolve(`${name}/${file}`);
} catch {
  console.error(
    `error: the package ${name} is not installed. Install again without --omit=optional; ` +
      "on other platforms: cargo install dockerfile-dsl-cli",
  );
  process.exit(2);
}
const result = spawnSync(binary, process.argv.slice(2), { stdio: "inherit" });
if (result.error) {
  console.error(`error: ${binary}: ${result.error.message}`);
  process.exit(2);
}
if (result.signal) {
  process.kill(process.pid, result.signal);
}
process.exit(result.status ?? 2);
