FROM debian:bookworm-slim AS source
RUN apt-get update && apt-get install -y --no-install-recommends git ca-certificates
RUN --mount=type=secret,id=GITHUB_TOKEN,target=/run/secrets/GITHUB_TOKEN,required=true <<'EOF'
git -c credential.helper= \
-c credential.https://github.com.helper='!f() { echo username=x-access-token; echo "password=$(cat /run/secrets/GITHUB_TOKEN)"; }; f' \
clone --depth=1 -- https://github.com/acme/private.git /src
EOF

FROM debian:bookworm-slim
COPY --from=source /src /app
CMD ["/app/run"]
