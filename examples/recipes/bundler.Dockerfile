FROM ruby:3.1-slim-bookworm
WORKDIR /app
COPY Gemfile Gemfile.lock ./
RUN --mount=type=secret,id=GEM_PASSWORD,target=/run/secrets/GEM_PASSWORD,required=true \
    BUNDLE_GEMS__ACME__TEST="reader:$(cat /run/secrets/GEM_PASSWORD)" bundle install
