FROM google/cloud-sdk:528.0.0-slim
RUN --mount=type=tmpfs,target=/run/gcloud \
    --mount=type=secret,id=gcs-key,target=/run/secrets/gcs-key,required=true \
    CLOUDSDK_CONFIG=/run/gcloud CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE=/run/secrets/gcs-key gcloud storage cp gs://acme-models/weights.bin /opt/weights.bin
