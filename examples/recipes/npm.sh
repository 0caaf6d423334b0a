docker build --secret id=NPM_TOKEN,env=NPM_TOKEN --tag npm .
