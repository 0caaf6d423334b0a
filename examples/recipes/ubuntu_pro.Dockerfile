FROM ubuntu:24.04
RUN --mount=type=secret,id=pro-attach-config,target=/run/secrets/pro-attach-config,required=true <<'EOF'
apt-get update && apt-get install -y --no-install-recommends ca-certificates ubuntu-pro-client \
&& pro attach --attach-config /run/secrets/pro-attach-config \
&& apt-get install -y --no-install-recommends -- openssl \
&& pro detach --assume-yes && rm -rf /var/lib/apt/lists/*
EOF
