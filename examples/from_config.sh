docker build --secret id=API_TOKEN,env=API_TOKEN --secret id=WEB_TOKEN,env=WEB_TOKEN --tag services .
