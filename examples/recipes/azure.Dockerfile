FROM mcr.microsoft.com/azure-cli:2.64.0
RUN --mount=type=tmpfs,target=/run/azure \
    --mount=type=secret,id=MODELS_SAS,target=/run/secrets/MODELS_SAS,required=true \
    AZURE_CONFIG_DIR=/run/azure AZURE_STORAGE_SAS_TOKEN="$(cat /run/secrets/MODELS_SAS)" az storage blob download --only-show-errors --output none --account-name acme --container-name models --name weights.bin --file /opt/weights.bin
