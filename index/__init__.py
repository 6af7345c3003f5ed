"""How passages are found: weights, embeddings, vectors, words, sync and retrieval."""
