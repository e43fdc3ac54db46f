"""The rules of the shop: orders, prices, the catalog, customers, figures, search and mails."""
