FROM maven:3.8-openjdk-17-slim
WORKDIR /app
COPY pom.xml ./
RUN --mount=type=secret,id=settings,target=/run/secrets/settings,required=true \
    mvn --batch-mode --settings /run/secrets/settings dependency:resolve
COPY . ./
RUN mvn --batch-mode --offline package
