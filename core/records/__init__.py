"""Questions and changes in words of the studio; rows never leave."""
