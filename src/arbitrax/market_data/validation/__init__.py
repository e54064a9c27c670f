"""What is wrong with rows before anybody trades on them: rules over whole columns, and what they found."""
