INSERT INTO quality_reports (asset_id, interval, as_of, score, report)
VALUES (%(asset)s, %(interval)s, %(as_of)s, %(score)s, %(report)s::json)
ON CONFLICT (asset_id, interval) DO UPDATE
SET as_of = excluded.as_of, score = excluded.score, report = excluded.report, made_at = now()
WHERE quality_reports.as_of <= excluded.as_of
