FROM continuumio/miniconda3:24.9.2-0
RUN --mount=type=secret,id=netrc,target=/run/secrets/netrc,required=true \
    NETRC=/run/secrets/netrc conda install --yes --override-channels --channel https://conda.acme.test/main acme-client=1.0
RUN conda clean --all --yes
