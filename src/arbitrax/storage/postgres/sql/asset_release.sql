UPDATE assets SET released_on = %(on)s, updated_at = now() WHERE id = %(asset)s
