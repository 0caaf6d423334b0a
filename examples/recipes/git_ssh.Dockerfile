FROM buildpack-deps:bookworm-scm
RUN --mount=type=bind,target=/run/known_hosts,source=known_hosts \
    --mount=type=ssh,id=default,required=true \
    GIT_SSH_COMMAND='ssh -o UserKnownHostsFile=/run/known_hosts -o GlobalKnownHostsFile=/dev/null -o StrictHostKeyChecking=yes' git clone --depth=1 -- ssh://git@git.acme.test/acme/private.git /src
