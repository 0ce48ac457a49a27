"""What goes on in the local stack, at a glance: orders with their steps, queue, metrics, alarms.

A page beside the LINE stand-in's chat view. While somebody looks it asks once a second; what is
asked then is read by one reader, however many pages are open, and nothing is read when nobody looks.
"""
