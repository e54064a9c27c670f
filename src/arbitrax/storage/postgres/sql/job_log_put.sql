INSERT INTO job_logs (job_id, lines, cut)
VALUES (%(job)s, %(lines)s::jsonb, %(cut)s)
ON CONFLICT (job_id) DO UPDATE SET lines = excluded.lines, cut = excluded.cut, updated_at = now()
