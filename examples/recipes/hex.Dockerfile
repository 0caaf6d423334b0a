FROM elixir:1.18-slim
WORKDIR /app
COPY mix.exs mix.lock ./
RUN mix local.hex --force && mix local.rebar --force
RUN --mount=type=secret,id=HEX_KEY,target=/run/secrets/HEX_KEY,required=true \
    HEX_REPOS_KEY="$(cat /run/secrets/HEX_KEY)" mix deps.get --only prod
COPY . ./
RUN MIX_ENV=prod mix release
