# Stands in for python:3.11-slim-bookworm: Debian's own python and pip.
FROM debian:bookworm-slim
RUN apt-get update -qq && apt-get install -qq --no-install-recommends -o Dpkg::Options::=--force-unsafe-io python3 python3-pip && rm -rf /var/lib/apt/lists/*
# As in the real image, pip may install for all.
RUN rm /usr/lib/python3*/EXTERNALLY-MANAGED
CMD ["python3"]
