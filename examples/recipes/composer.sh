docker build --secret id=COMPOSER_PASSWORD,env=COMPOSER_PASSWORD --tag composer .
