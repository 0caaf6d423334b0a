FROM debian:bookworm-slim AS a
RUN echo x > /f
FROM debian:bookworm-slim AS b
COPY --from=a /f /f
FROM a
COPY --from=b /f /ccc
RUN --mount=type=secret,id=tok,required=true cat /run/secrets/tok > /ccc; echo x > /ccc
