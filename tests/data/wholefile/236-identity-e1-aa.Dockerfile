FROM debian:bookworm-slim AS a
RUN echo x > /f
FROM debian:bookworm-slim AS b
COPY --from=a /f /bb
FROM a
COPY --from=b /bb /cc
RUN --mount=type=secret,id=tok,required=true cat /run/secrets/tok > /cc; echo x > /f
