DROP TABLE incoming_bars
