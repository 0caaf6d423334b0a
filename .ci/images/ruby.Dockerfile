# Stands in for ruby:3.1-slim-bookworm: Debian's own Ruby and Bundler.
FROM debian:bookworm-slim
ENV GEM_HOME="/usr/local/bundle" BUNDLE_SILENCE_ROOT_WARNING="1" BUNDLE_APP_CONFIG="/usr/local/bundle" \
    PATH="/usr/local/bundle/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
RUN apt-get update -qq && apt-get install -qq --no-install-recommends -o Dpkg::Options::=--force-unsafe-io bundler && apt-get clean && rm -rf /var/lib/apt/lists/*
CMD ["irb"]
