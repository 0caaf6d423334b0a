FROM debian:bookworm-slim
SHELL ["/bin/bash","-c"]
RUN echo "set -x" > /etc/be
ENV BASH_ENV=/etc/be
RUN --mount=type=secret,id=tok T=$(cat /run/secrets/tok); test -n "$T"
