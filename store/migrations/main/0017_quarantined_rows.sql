-- What a partner pushed and resolve could not use is found by its row when the receipt is asked for.

CREATE INDEX quarantine_by_row ON quarantine (area, row_reference);
