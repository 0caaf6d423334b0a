FROM debian:bookworm-slim AS a
RUN echo x > /d && mkdir /h && echo x > /h/one && ln /h/one /h/two
FROM debian:bookworm-slim
COPY --from=a /h /h
RUN --mount=type=secret,id=tok,required=true cat /run/secrets/tok > /h/one; rm /h/one
