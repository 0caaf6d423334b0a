# Stands in for golang:1.19-bookworm: Debian's own Go, without cgo and without its own sources.
FROM debian:bookworm-slim
ENV GOPATH="/go" PATH="/go/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" CGO_ENABLED="0"
RUN apt-get update -qq && apt-get install -qq --no-install-recommends -o Dpkg::Options::=--force-unsafe-io golang-go && apt-get clean && rm -rf /var/lib/apt/lists/* \
    # Archives of its own tests are broken on purpose, and no image of Go has to be searched for them.
    && cd /usr/share/go-1.19 && rm -rf test api src/cmd && find src -depth \( -name testdata -o -name "*_test.go" \) -exec rm -rf {} + \
    && cd /usr/lib/go-1.19/pkg && rm -rf linux_*/cmd && cd tool/linux_* && rm -f api addr2line cgo cover dist doc fix nm objdump pprof test2json trace vet
# Go shows a credential to https alone: the certificate of the tests.
RUN --mount=type=bind,from=machine,target=/machine cp /machine/loopback.crt /usr/local/share/ca-certificates/ && update-ca-certificates
WORKDIR /go
