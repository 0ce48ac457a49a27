"""What goes on in the local stack, at a glance: orders with their steps, queue, metrics, alarms.

A page beside the LINE stand-in's chat view. It asks once a second, while somebody looks. One reader
answers, however many pages are open; it reads nothing when nobody looks.
"""
