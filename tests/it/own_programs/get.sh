frobctl --token "$(cat {TOKEN})" get x
