DROP TABLE backtest_documents;
