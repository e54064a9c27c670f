-- Otherwise a role or database with a lower setting would round every amount that goes through text.
SET LOCAL extra_float_digits = 1
