SELECT report::text, as_of, made_at
FROM quality_reports
WHERE asset_id = (SELECT asset_of(%(symbol)s)) AND interval = %(interval)s
