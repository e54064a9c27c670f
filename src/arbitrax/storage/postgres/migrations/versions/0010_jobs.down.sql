DROP TABLE job_outbox;
DROP TABLE job_attempts;
DROP TABLE job_turns;
DROP TABLE jobs;
DROP SEQUENCE job_fences;
