"""The rules of the shop: orders, prices, the catalog, customers, and what is counted, searched and mailed."""
