FROM maven:3.9-eclipse-temurin-21 AS build
WORKDIR /src
COPY . ./
RUN --mount=type=secret,id=maven-settings,target=/run/secrets/maven-settings,required=true \
    --mount=type=cache,target=/root/.m2/repository \
    mvn --batch-mode --settings /run/secrets/maven-settings package && cp target/app.jar /app.jar

FROM eclipse-temurin:21-jre
COPY --from=build /app.jar /app.jar
USER 65532
CMD ["java", "-jar", "/app.jar"]
