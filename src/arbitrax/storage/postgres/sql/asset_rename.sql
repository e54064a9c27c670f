UPDATE assets SET symbol = %(to)s, updated_at = now() WHERE id = %(asset)s
