docker build --secret id=AWS_ACCESS_KEY_ID,env=AWS_ACCESS_KEY_ID --secret id=AWS_SECRET_ACCESS_KEY,env=AWS_SECRET_ACCESS_KEY --tag sccache .
