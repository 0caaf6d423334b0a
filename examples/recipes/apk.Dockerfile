FROM alpine:3.20
COPY acme.rsa.pub /etc/apk/keys/
RUN --mount=type=secret,id=APK_PASSWORD,target=/run/secrets/APK_PASSWORD,required=true \
    HTTP_AUTH="basic:*:reader:$(cat /run/secrets/APK_PASSWORD)" apk add --no-cache --repository https://apk.acme.test/v3.20/main -- acme-greeting
