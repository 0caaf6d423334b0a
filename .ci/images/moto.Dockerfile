# Stands in for motoserver/moto:5.1.0: the package of PyPI, with what S3 and the users of IAM need.
FROM python:3.11-slim-bookworm
RUN --mount=type=bind,from=machine,target=/machine PIP_CONFIG_FILE=/machine/pip.conf PIP_CERT=/machine/ca-certificates.crt \
    pip install --quiet --no-cache-dir --no-compile 'moto[s3,iam]==5.1.0' flask flask-cors
