FROM debian:bookworm-slim
RUN useradd -m -d /srv/app app
USER app
RUN --mount=type=tmpfs,target=/home/app --mount=type=secret,id=tok,mode=0444 cp /run/secrets/tok ~/k
