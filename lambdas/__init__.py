"""The code of all Lambda functions. `handlers` imports the rules in `shop`, and both import `platform`."""
