FROM debian:bookworm-slim
RUN --mount=type=secret,id=GITHUB_TOKEN,target=/run/secrets/GITHUB_TOKEN,required=true <<'EOF'
git -c credential.helper= \
-c credential.https://github.com.helper='!f() { echo username=x-access-token; echo "password=$(cat /run/secrets/GITHUB_TOKEN)"; }; f' \
clone --depth=1 -- https://github.com/acme/private.git /src
EOF
