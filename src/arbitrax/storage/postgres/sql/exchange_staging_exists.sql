SELECT to_regclass('pg_temp.incoming_orders')::text
