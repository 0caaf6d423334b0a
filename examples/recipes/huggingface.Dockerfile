FROM acme/python-hub:3.11
ENV HF_ENDPOINT="https://hub.acme.test"
RUN --mount=type=secret,id=HF_TOKEN,target=/run/secrets/HF_TOKEN,required=true \
    HF_TOKEN_PATH=/run/secrets/HF_TOKEN hf download acme/model --local-dir /models/acme
