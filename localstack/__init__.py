"""How the stack runs on one machine."""
