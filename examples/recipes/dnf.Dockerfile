FROM almalinux:9
COPY acme.repo /etc/yum.repos.d/
RUN --mount=type=secret,id=RPM_PASSWORD,target=/run/secrets/RPM_PASSWORD,required=true \
    DNF_VAR_ACME_PASSWORD="$(cat /run/secrets/RPM_PASSWORD)" dnf install -y -- acme-greeting && dnf clean all
