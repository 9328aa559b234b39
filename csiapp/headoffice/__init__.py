"""Head office: the network of dealerships at a glance."""
