"""What tests of the exchange share: the implementations, a venue to drive one by hand, scenarios, random commands."""
