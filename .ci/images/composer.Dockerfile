# Stands in for composer:2.5: Debian's own Composer.
FROM debian:bookworm-slim
ENV COMPOSER_ALLOW_SUPERUSER="1" COMPOSER_HOME="/tmp" COMPOSER_CACHE_DIR="/tmp/cache"
RUN apt-get update -qq && apt-get install -qq --no-install-recommends -o Dpkg::Options::=--force-unsafe-io composer unzip && apt-get clean && rm -rf /var/lib/apt/lists/*
WORKDIR /app
CMD ["composer"]
