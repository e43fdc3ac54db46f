"""One AWS Lambda function a file: parse the event, call one rule, answer."""
