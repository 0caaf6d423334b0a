docker build --secret id=ARTIFACTS_TOKEN,env=ARTIFACTS_TOKEN --tag services .
