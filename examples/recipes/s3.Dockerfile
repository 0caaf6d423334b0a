FROM amazon/aws-cli:2.9.19
RUN --mount=type=secret,id=aws,target=/run/secrets/aws,required=true \
    AWS_SHARED_CREDENTIALS_FILE=/run/secrets/aws aws --endpoint-url https://s3.acme.test/ --region us-east-1 s3 cp --only-show-errors s3://acme-models/greeting.txt /opt/greeting.txt
