"""A form grown from published standards, a dealership's or a network's: pure content and rules."""
