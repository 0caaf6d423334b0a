docker build --secret id=GIT_AUTH_TOKEN.github.com,env=GITHUB_TOKEN --tag app .
