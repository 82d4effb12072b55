"""tantivy and FAISS in this process."""
