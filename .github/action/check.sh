#!/usr/bin/env bash
# The step of action.yml: `dockerfile-dsl check` with annotations, by the inputs in the environment.
#
#   PATHS    files, folders and globs, one a line; empty: the whole repository
#   STRICT   `true`: warnings are errors
#   CONFIG   the configuration file; empty: dockerfile-dsl.toml where it is
#   SARIF    where to write a SARIF report; empty: none
set -euo pipefail
arguments=()
if [ "${STRICT:-false}" = true ]; then arguments+=(--strict); fi
if [ -n "${CONFIG:-}" ]; then arguments+=(--config "$CONFIG"); fi
arguments+=(--)
while IFS= read -r path; do
    if [ -n "$path" ]; then arguments+=("$path"); fi
done <<<"${PATHS:-}"
if [ "${arguments[-1]}" = -- ]; then unset 'arguments[-1]'; fi
if [ -n "${SARIF:-}" ]; then
    # The report is for code scanning; its exit status is that of the check below.
    dockerfile-dsl check --format sarif "${arguments[@]}" >"$SARIF" || [ $? -eq 1 ]
fi
exec dockerfile-dsl check --format github "${arguments[@]}"
