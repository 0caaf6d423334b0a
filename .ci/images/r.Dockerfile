# Stands in for rocker/r-ver:4.4.2: R, renv and remotes of Debian 13.
FROM debian:bookworm-slim
RUN sed 's/bookworm/trixie/g' /etc/apt/sources.list > /etc/apt/sources.list.d/trixie.list && apt-get update -qq \
    && apt-get install -qq --target-release trixie --no-install-recommends -o Dpkg::Options::=--force-unsafe-io r-base-core r-cran-renv r-cran-remotes \
    && apt-get clean && rm -rf /var/lib/apt/lists/* /etc/apt/sources.list.d/trixie.list
