"""Kill suite: the worker dies by kill -9 at named places, and the books must agree afterwards."""
