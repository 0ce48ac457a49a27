"""What runs inside a measured interpreter, which has nothing but the functions' zip: no module here
imports any of ours, but for `serve.py`, which serves with them."""
