-- Waits for a save of whoever had it before, which holds the row, and locks out all later ones.
UPDATE ingestion_runs
SET epoch = epoch + 1, status = 'running', finished_at = NULL, error = NULL
WHERE id = %(id)s
RETURNING epoch
