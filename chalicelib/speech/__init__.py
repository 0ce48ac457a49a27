"""How a sentence becomes audio in S3: the chain of engines, its breakers, the store."""
