# Stands in for mcr.microsoft.com/azure-cli:2.64.0: Debian's own, which is 2.45, with the commands of storage and of settings alone.
FROM debian:bookworm-slim
RUN apt-get update -qq && apt-get install -qq --no-install-recommends -o Dpkg::Options::=--force-unsafe-io azure-cli && apt-get clean && rm -rf /var/lib/apt/lists/* \
    && cd /usr/lib/python3/dist-packages/azure && keep() { find "$1" -mindepth 1 -maxdepth 1 -type d $(printf ' ! -name %s' $2) -exec rm -rf {} +; } \
    && keep . 'cli common core data identity keyvault mgmt multiapi storage' && keep mgmt 'core keyvault msi resource storage' && keep cli/command_modules 'config storage' \
    && find /usr/lib/python3 -name __pycache__ -exec rm -rf {} + && az storage blob download --help > /dev/null && az config set --help > /dev/null && rm -rf ~/.azure
