UPDATE data_repairs SET applied_at = %(at)s, applied_by = %(who)s WHERE id = %(id)s
