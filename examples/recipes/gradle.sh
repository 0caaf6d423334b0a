docker build --secret id=ACME_PASSWORD,env=ACME_PASSWORD --tag gradle .
