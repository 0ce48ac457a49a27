"""Brings the stack to a target: AWS, or whatever emulator `AWS_ENDPOINT_URL` names."""
