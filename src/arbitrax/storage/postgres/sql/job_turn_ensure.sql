INSERT INTO job_turns (owner)
SELECT turn_of FROM jobs WHERE id = %(job)s
ON CONFLICT (owner) DO NOTHING
