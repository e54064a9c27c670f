"""The paper exchange: order book, matching, accounts and risk. Exact integers: ticks, lots, units of cash."""
