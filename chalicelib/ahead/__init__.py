"""Speaking ahead: an order's voice is prepared while its traveller looks it over.

    page ──POST /api/voices──▶ asking.py ──the sentence──▶ queue (5 min, no dead letters)
                                                               │
    S3 ◀──the audio, under a hash of the sentence── preparing.py, one at a time

Nothing of it is an order. Nobody is answered with the audio, and nothing says whose it is: the
order that is confirmed finds its sentence spoken, as it would if somebody else had ordered the
same. What fails here costs that order the seconds that it would have taken anyway.
"""
