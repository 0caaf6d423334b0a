FROM ruby:3.1-slim-bookworm
RUN --mount=type=secret,id=gemrc,target=/run/secrets/gemrc,required=true \
    GEMRC=/run/secrets/gemrc gem install --no-document acme-greeting --version 1.0.0
