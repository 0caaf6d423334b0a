FROM golang:1.23-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=secret,id=netrc,target=/run/secrets/netrc,required=true \
    --mount=type=cache,target=/go/pkg/mod \
    NETRC=/run/secrets/netrc GOPRIVATE=go.acme.test GOMODCACHE=/go/pkg/mod go mod download
COPY . ./
RUN --mount=type=cache,target=/go/pkg/mod \
    --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOFLAGS=-mod=readonly GOPROXY=off GOMODCACHE=/go/pkg/mod GOCACHE=/root/.cache/go-build go build -o /out/server .

FROM gcr.io/distroless/static-debian12
COPY --from=build /out/server /server
USER 65532
CMD ["/server"]
