# Stands in for amazon/aws-cli:2.9.19: the same version, as Debian has it, with the descriptions of S3 alone.
FROM debian:bookworm-slim
RUN apt-get update -qq && apt-get install -qq --no-install-recommends -o Dpkg::Options::=--force-unsafe-io awscli && rm -rf /var/lib/apt/lists/* /usr/share/doc /usr/lib/python3/dist-packages/awscli/examples \
    && find /usr/lib/python3/dist-packages/awscli/botocore/data -mindepth 2 -type f ! -path '*/s3/*' ! -path '*/sts/*' -exec truncate --size 0 {} +
WORKDIR /aws
ENTRYPOINT ["aws"]
