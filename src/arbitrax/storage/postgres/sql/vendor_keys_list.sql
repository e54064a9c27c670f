SELECT vendor, sealed, updated_at FROM vendor_keys ORDER BY vendor
