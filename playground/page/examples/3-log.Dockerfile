# example: A key in the build log
FROM alpine:3.20
RUN --mount=type=secret,id=api,env=API_KEY,required=true <<EOF
set -ex
apk add --no-cache curl
curl --fail -H "Authorization: Bearer $API_KEY" https://api.example.com/model -o /model.bin
EOF
