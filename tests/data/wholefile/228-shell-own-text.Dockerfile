FROM debian:bookworm-slim
SHELL ["/bin/bash", "-c", "eval \"$0\""]
RUN --mount=type=secret,id=tok T="$(< /run/secrets/tok)"; true
