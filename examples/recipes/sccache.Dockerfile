FROM acme/rust-sccache:1.95
WORKDIR /app
COPY . ./
RUN --mount=type=secret,id=AWS_ACCESS_KEY_ID,target=/run/secrets/AWS_ACCESS_KEY_ID,required=true \
    --mount=type=secret,id=AWS_SECRET_ACCESS_KEY,target=/run/secrets/AWS_SECRET_ACCESS_KEY,required=true \
    <<'EOF'
AWS_ACCESS_KEY_ID="$(cat /run/secrets/AWS_ACCESS_KEY_ID)" AWS_SECRET_ACCESS_KEY="$(cat /run/secrets/AWS_SECRET_ACCESS_KEY)" SCCACHE_BUCKET=acme-cache SCCACHE_REGION=eu-central-1 \
sccache --start-server && \
RUSTC_WRAPPER=sccache cargo build --release --locked && sccache --stop-server
EOF
