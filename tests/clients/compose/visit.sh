until wget -qO- http://web | grep '<title>'; do sleep 0.05; done
echo PING | nc store 6379
