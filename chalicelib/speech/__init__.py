"""What is said, and how: Mandarin sentence, summaries, speech engines, audio store."""
