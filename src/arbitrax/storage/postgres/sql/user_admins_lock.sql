-- Two admins who disable each other at once: one waits here, and then sees what the other did.
SELECT id
FROM users
WHERE role = 'admin' AND is_active
ORDER BY id
FOR UPDATE
