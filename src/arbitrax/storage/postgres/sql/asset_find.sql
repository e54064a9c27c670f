SELECT asset_of(%(symbol)s)
