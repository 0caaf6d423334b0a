docker build --secret id=GEM_PASSWORD,env=GEM_PASSWORD --tag bundler .
