"""Networks, dealerships, people and their sign-ins: who may come in, and into which scope.
Tables here are global (read before a scope exists); only this slice queries them."""
