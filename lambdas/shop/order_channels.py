"""The channels through which orders come."""

# An order of a channel of the gateway is from a signed-in member of staff, or from the machine of a connected
# shop. Any other message is an operator's.
STAFF, MACHINE, OPERATOR = "staff", "machine", "operator"
OF_GATEWAY = frozenset({STAFF, MACHINE})  # each is a constant in a mapping template
