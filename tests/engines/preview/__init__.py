"""Tests of the preview engine."""
