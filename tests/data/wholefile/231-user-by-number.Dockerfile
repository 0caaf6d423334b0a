FROM debian:bookworm-slim
RUN useradd -m -u 1234 app
USER 1234
RUN --mount=type=tmpfs,target=/home/app --mount=type=secret,id=tok,mode=0444 cp /run/secrets/tok ~/k || true
