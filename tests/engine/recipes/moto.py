# A server of the APIs of S3 and IAM, with two buckets and one user: PORT, the id of the access key, its secret.
import sys
from moto.core import DEFAULT_ACCOUNT_ID
from moto.iam.models import iam_backends
from moto.s3.models import s3_backends
from moto.server import main

port, identifier, secret = sys.argv[1:]
users = iam_backends[DEFAULT_ACCOUNT_ID]["aws"]
users.create_user("us-east-1", "reader")
key = users.create_access_key("reader")
key.access_key_id, key.secret_access_key = identifier, secret
allow = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
users.put_user_policy("reader", "read", allow)
objects = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
objects.create_bucket("acme-cache", "us-east-1")
objects.create_bucket("acme-models", "us-east-1")
objects.put_object("acme-models", "greeting.txt", b"hello from the private bucket\n")
main(["-H", "127.0.0.1", "-p", port])
