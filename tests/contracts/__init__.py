"""Suites that every embedder, vector index and lexical index passes: inherit one, and say how to make the thing."""
