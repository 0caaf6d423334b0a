docker build --secret id=GPG_KEY,env=GPG_KEY --secret id=GPG_PASSPHRASE,env=GPG_PASSPHRASE --tag gpg .
