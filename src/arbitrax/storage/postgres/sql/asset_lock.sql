SELECT id FROM assets WHERE symbol = %(symbol)s AND released_on IS NULL FOR NO KEY UPDATE
