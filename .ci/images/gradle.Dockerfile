# Stands in for gradle:8-jdk17: Debian's own Gradle, which is 4.4, and Java 17.
FROM debian:bookworm-slim
ENV GRADLE_OPTS="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
# Its packages want the folder of the manuals, which slim images do not have.
RUN mkdir -p /usr/share/man/man1 && apt-get update -qq && apt-get install -qq --no-install-recommends -o Dpkg::Options::=--force-unsafe-io openjdk-17-jre-headless gradle && apt-get clean && rm -rf /var/lib/apt/lists/* \
    # An archive in an archive in an archive, which Gradle does not read. The link is that of the real image.
    && rm /usr/share/java/bnd-5.0.1.jar && mkdir -p /home/gradle/.gradle && ln -s /home/gradle/.gradle /root/.gradle
WORKDIR /home/gradle
CMD ["gradle"]
