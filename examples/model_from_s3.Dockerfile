FROM amazon/aws-cli:2.9.19 AS model
RUN --mount=type=secret,id=aws,target=/run/secrets/aws,required=true \
    AWS_SHARED_CREDENTIALS_FILE=/run/secrets/aws aws --region eu-central-1 s3 cp --only-show-errors s3://acme-models/weights.bin /opt/weights.bin

FROM python:3.11-slim-bookworm
COPY --from=model /opt/weights.bin /opt/weights.bin
COPY serve.py /opt/
USER 65532
CMD ["python3", "/opt/serve.py", "/opt/weights.bin"]
