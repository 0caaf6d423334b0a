FROM rocker/r-ver:4.4.2
WORKDIR /app
COPY renv.lock .Rprofile ./
COPY renv/activate.R renv/
RUN --mount=type=secret,id=GITHUB_TOKEN,target=/run/secrets/GITHUB_TOKEN,required=true \
    GITHUB_PAT="$(cat /run/secrets/GITHUB_TOKEN)" Rscript -e 'renv::restore(prompt = FALSE)'
