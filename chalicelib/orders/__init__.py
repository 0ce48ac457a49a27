"""The order: its rules, its life in DynamoDB, and what a client is shown of it."""
