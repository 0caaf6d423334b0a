FROM debian:bookworm-slim AS sign
RUN apt-get update && apt-get install -y --no-install-recommends gpg gpg-agent
COPY app.tar /release/
RUN --mount=type=tmpfs,target=/run/gnupg \
    --mount=type=secret,id=signing-key,target=/run/secrets/signing-key,required=true \
    <<'EOF'
set -e; export GNUPGHOME=/run/gnupg
gpg --batch --import /run/secrets/signing-key
gpg --batch --output /release/app.tar.sig --detach-sign /release/app.tar
EOF

FROM scratch
COPY --from=sign /release /
