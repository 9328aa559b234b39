"""A form of the dealership's own, grown from its published standards: pure content and rules."""
