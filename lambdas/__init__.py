"""The functions, as they lie in the zip: `handlers` use the rules of `shop`, both use `platform`."""
