docker build --secret id=CARGO_REGISTRIES_ACME_TOKEN,env=CARGO_REGISTRIES_ACME_TOKEN --tag server .
