FROM debian:bookworm-slim AS a
RUN echo hello > /f
FROM debian:bookworm-slim
COPY --from=a /f /aa
COPY --from=a /f /bb
RUN --mount=type=secret,id=tok,required=true cat /run/secrets/tok > /aa && rm /aa
