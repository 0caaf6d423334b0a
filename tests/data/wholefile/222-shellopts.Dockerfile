FROM debian:bookworm-slim
SHELL ["/bin/bash","-c"]
ENV SHELLOPTS=xtrace
RUN --mount=type=secret,id=tok T=$(cat /run/secrets/tok); test -n "$T"
