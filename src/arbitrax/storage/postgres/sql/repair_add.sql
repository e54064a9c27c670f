INSERT INTO data_repairs (id, asset_id, interval, rule, reason, before, after, proposed_at)
VALUES (%(id)s, %(asset)s, %(interval)s, %(rule)s, %(reason)s, %(before)s::json, %(after)s::json, %(proposed_at)s)
