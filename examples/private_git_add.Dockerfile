FROM debian:bookworm-slim
ADD https://github.com/acme/private.git /app
CMD ["/app/run"]
