DELETE FROM vendor_keys WHERE vendor = %(vendor)s
