DROP TABLE exchange_transfers;
