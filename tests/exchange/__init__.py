"""What tests of the exchange share: the implementations, a venue to drive one by hand, and the scenarios of its rules."""
