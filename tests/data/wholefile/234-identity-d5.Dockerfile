FROM debian:bookworm-slim AS a
COPY <<EOF /app/template.conf
key=
EOF
FROM debian:bookworm-slim
COPY --from=a /app/template.conf /etc/one.conf
COPY --from=a /app/template.conf /etc/two.conf
RUN --mount=type=secret,id=tok,required=true cat /run/secrets/tok >> /etc/one.conf && echo x > /etc/two.conf
