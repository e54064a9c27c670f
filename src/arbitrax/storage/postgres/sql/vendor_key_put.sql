INSERT INTO vendor_keys (vendor, sealed, set_by)
VALUES (%(vendor)s, %(sealed)s, %(set_by)s)
ON CONFLICT (vendor) DO UPDATE SET sealed = excluded.sealed, set_by = excluded.set_by, updated_at = now()
