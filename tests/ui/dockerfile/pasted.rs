//! A Dockerfile as it is: its words have no quotes.

use dockerfile_dsl::dockerfile;

pub fn example() {
    let _ = dockerfile! {
        ARG TARGETOS TARGETARCH
        FROM golang:1.22-alpine AS build
        WORKDIR /src
        ENV CGO_ENABLED=0 PATH=/opt/bin:/bin
        COPY go.mod go.sum ./
        RUN go mod download
        USER app:app
        FROM scratch
        COPY --from=build /src/app /app
        CMD ["/app"]
    };
}
