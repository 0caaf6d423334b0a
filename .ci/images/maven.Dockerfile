# Stands in for maven:3.8-openjdk-17-slim: Debian's own Maven and Java, and its plugins as the repository `central`.
FROM debian:bookworm-slim
ENV MAVEN_CONFIG="/root/.m2" MAVEN_OPTS="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
# Its packages want the folder of the manuals, which slim images do not have.
RUN mkdir -p /usr/share/man/man1 && apt-get update -qq && apt-get install -qq --no-install-recommends -o Dpkg::Options::=--force-unsafe-io openjdk-17-jre-headless maven libmaven-dependency-plugin-java junit4 && apt-get clean && rm -rf /var/lib/apt/lists/*
# What a resolution needs is in the local repository: a plugin has 60 dependencies.
RUN mkdir /tmp/warm && cd /tmp/warm && printf '%s' '<project><modelVersion>4.0.0</modelVersion><groupId>a</groupId><artifactId>a</artifactId><version>1</version><packaging>pom</packaging>' \
        '<repositories><repository><id>central</id><url>file:///usr/share/maven-repo</url></repository></repositories>' \
        '<pluginRepositories><pluginRepository><id>central</id><url>file:///usr/share/maven-repo</url></pluginRepository></pluginRepositories></project>' >pom.xml \
    && mvn --batch-mode --quiet org.apache.maven.plugins:maven-dependency-plugin:3.5.0:resolve && rm -rf /tmp/warm /tmp/hsperfdata_root
CMD ["mvn"]
