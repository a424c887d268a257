"""The door between the network and the studio: who may come in, with what, and what leaves."""
