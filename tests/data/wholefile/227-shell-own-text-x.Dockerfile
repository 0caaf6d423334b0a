FROM debian:bookworm-slim
SHELL ["/bin/bash", "-c", "set -x; eval \"$0\""]
RUN --mount=type=secret,id=tok T="$(< /run/secrets/tok)"; true
