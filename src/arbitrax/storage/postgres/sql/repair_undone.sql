UPDATE data_repairs SET undone_at = %(at)s, undone_by = %(who)s WHERE id = %(id)s
