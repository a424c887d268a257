"""The edge of the server: who may send a request, how large it may be, and what headers go out."""
