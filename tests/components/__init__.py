"""Our own components: the pure parts of their scripts under Node, and how they are served."""
