# Stands in for buildpack-deps:bookworm-scm: git with a client of SSH and with LFS. The tests start the SSH server that is in it, too.
FROM debian:bookworm-slim
RUN apt-get update -qq && apt-get install -qq --no-install-recommends -o Dpkg::Options::=--force-unsafe-io openssh-client openssh-server git-lfs && rm -rf /var/lib/apt/lists/* /etc/ssh/ssh_host_*
RUN useradd --create-home --password '*' --shell /bin/sh git && git config --system --add safe.directory '*' && mkdir -p /run/sshd
CMD ["bash"]
