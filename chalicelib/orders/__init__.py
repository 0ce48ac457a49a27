"""Orders: the rules of a request, how an order lives in DynamoDB, what a client is shown of it."""
