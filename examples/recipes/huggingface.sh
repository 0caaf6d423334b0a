docker build --secret id=HF_TOKEN,env=HF_TOKEN --tag huggingface .
