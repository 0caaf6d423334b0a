# Stands in for acme/rpm-repository:1: a package with the program `acme-greeting`, as a repository of dnf.
FROM debian:bookworm-slim AS build
RUN apt-get update -qq && apt-get install -qq --no-install-recommends -o Dpkg::Options::=--force-unsafe-io rpm createrepo-c
WORKDIR /repository
COPY <<'EOF' /acme-greeting.spec
Name: acme-greeting
Version: 1.0.0
Release: 1
Summary: A greeting
License: MIT
BuildArch: noarch
AutoReqProv: no
%description
A greeting.
%install
mkdir -p %{buildroot}/usr/bin
printf '#!/bin/sh\necho hello from the private repository\n' > %{buildroot}/usr/bin/acme-greeting
chmod 755 %{buildroot}/usr/bin/acme-greeting
%files
/usr/bin/acme-greeting
EOF
RUN rpmbuild --quiet -bb --define '_rpmdir /repository' /acme-greeting.spec && createrepo_c --quiet .
FROM scratch
COPY --from=build /repository /
