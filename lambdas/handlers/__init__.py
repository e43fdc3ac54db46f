"""One AWS Lambda function per file. Each parses its event, calls one rule of the shop and answers."""
