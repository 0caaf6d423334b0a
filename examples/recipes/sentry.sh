docker build --secret id=SENTRY_AUTH_TOKEN,env=SENTRY_AUTH_TOKEN --tag sentry .
