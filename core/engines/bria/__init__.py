"""Bria's FIBO API: the only package that speaks HTTP to a provider."""
