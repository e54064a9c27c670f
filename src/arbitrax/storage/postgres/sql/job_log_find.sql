SELECT lines::text, cut FROM job_logs WHERE job_id = %(job)s
