FROM golang:1.19-bookworm
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=secret,id=netrc,target=/run/secrets/netrc,required=true \
    GOPROXY=https://go.acme.test/ NETRC=/run/secrets/netrc go mod download
COPY . ./
RUN GOPROXY=off go build -o /usr/local/bin/app .
