docker build --secret id=HEX_KEY,env=HEX_KEY --tag hex .
