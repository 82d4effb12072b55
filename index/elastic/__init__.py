"""Elasticsearch 8.19 or later: BM25 over our own terms, kNN over our own vectors."""
