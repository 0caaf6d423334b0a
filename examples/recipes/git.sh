docker build --secret id=GITHUB_TOKEN,env=GITHUB_TOKEN --tag git .
