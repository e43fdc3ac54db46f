"""The package of all functions: `handlers` import the rules of `shop`, both import `platform`."""
