FROM openjdk:17-jdk-slim-bookworm
COPY app.jar /srv/
RUN --mount=type=secret,id=keystore,target=/run/secrets/keystore,required=true \
    --mount=type=secret,id=KEYSTORE_PASSWORD,target=/run/secrets/KEYSTORE_PASSWORD,required=true \
    jarsigner -keystore /run/secrets/keystore -storepass:file /run/secrets/KEYSTORE_PASSWORD /srv/app.jar release
