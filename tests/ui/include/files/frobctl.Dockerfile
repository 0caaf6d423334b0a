FROM debian
RUN --mount=type=secret,id=TOKEN,required=true frobctl --token "$(cat /run/secrets/TOKEN)" get x
