docker build --secret id=ACME_TOKEN,env=ACME_TOKEN --tag cargo .
