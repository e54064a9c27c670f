"""Workers: they take jobs from the database and do each in a child process."""
