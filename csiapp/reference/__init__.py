"""The domain's reference data: service process, standards, forms, courses, factor models.

The YAML files under ``data`` are the master set that a network starts from; ``loader`` reads them.
Nothing here imports another part of the product.
"""
