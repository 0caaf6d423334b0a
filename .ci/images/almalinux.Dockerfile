# Stands in for almalinux:9: Debian's own dnf, of the same version.
FROM debian:bookworm-slim
# As in the real image: the program rpm, its database, and the folder of the repositories.
RUN apt-get update -qq && apt-get install -qq --no-install-recommends -o Dpkg::Options::=--force-unsafe-io dnf rpm \
    && rm -rf /var/lib/apt/lists/* /usr/share/doc /usr/share/man /usr/share/locale && mkdir -p /etc/yum.repos.d && rpm --initdb
