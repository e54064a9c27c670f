ALTER TABLE orders
    DROP CONSTRAINT orders_answer,
    DROP COLUMN executed_at,
    DROP COLUMN answer_events,
    DROP COLUMN answer_quantity,
    DROP COLUMN answer_open;
