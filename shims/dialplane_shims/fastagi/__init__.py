"""The agent of an Asterisk host: the scripts of `dialplane-agi` behind FastAGI and a unix socket."""
