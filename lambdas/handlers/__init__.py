"""One AWS Lambda function per file. Each parses its event, calls rules of the shop and returns a result."""
