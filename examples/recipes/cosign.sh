docker build --secret id=COSIGN_PASSWORD,env=COSIGN_PASSWORD --secret id=cosign-key,src=cosign.key --tag cosign .
