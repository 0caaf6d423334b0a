FROM buildpack-deps:bookworm-curl
COPY app.tgz /srv/
RUN --mount=type=secret,id=GPG_KEY,target=/run/secrets/GPG_KEY,required=true \
    --mount=type=secret,id=GPG_PASSPHRASE,target=/run/secrets/GPG_PASSPHRASE,required=true \
    <<'EOF'
set -e; export GNUPGHOME="$(mktemp -d)"
gpg --batch --quiet --import /run/secrets/GPG_KEY
gpg --batch --yes --armor --pinentry-mode loopback --passphrase-file /run/secrets/GPG_PASSPHRASE --output /srv/app.tgz.asc --detach-sign -- /srv/app.tgz
gpgconf --kill all
rm -rf "$GNUPGHOME"
EOF
