FROM debian:bookworm-slim
SHELL ["/bin/bash","-lc"]
RUN echo "set -x" > /etc/profile.d/x.sh
RUN --mount=type=secret,id=tok T=$(cat /run/secrets/tok); test -n "$T"
