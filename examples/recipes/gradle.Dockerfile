FROM gradle:8-jdk17
WORKDIR /app
COPY . ./
RUN --mount=type=secret,id=ACME_PASSWORD,target=/run/secrets/ACME_PASSWORD,required=true \
    ORG_GRADLE_PROJECT_acmePassword="$(cat /run/secrets/ACME_PASSWORD)" gradle --no-daemon --console=plain build
