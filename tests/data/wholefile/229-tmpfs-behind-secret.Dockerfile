FROM debian:bookworm-slim
RUN --mount=type=secret,id=tok,target=/root/.ssh/id --mount=type=tmpfs,target=/root/.ssh cp /root/.ssh/id /srv/id || true
