FROM acme/debian-cosign:2.5
COPY app.tgz /srv/
RUN --mount=type=secret,id=COSIGN_PASSWORD,target=/run/secrets/COSIGN_PASSWORD,required=true \
    --mount=type=secret,id=cosign-key,target=/run/secrets/cosign-key,required=true \
    COSIGN_PASSWORD="$(cat /run/secrets/COSIGN_PASSWORD)" cosign sign-blob --yes --tlog-upload=false --key /run/secrets/cosign-key --output-signature /srv/app.tgz.sig /srv/app.tgz
