DROP TABLE exchange_payments;
ALTER TABLE orders
    DROP CONSTRAINT orders_body,
    DROP COLUMN body;
