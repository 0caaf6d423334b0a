FROM debian:bookworm-slim
RUN useradd -m app
USER app
RUN --mount=type=secret,id=tok,mode=0444 cp /run/secrets/tok ~/k && rm -f /home/app/k
