docker build --secret id=MODELS_SAS,env=MODELS_SAS --tag azure .
