-- By which model an area's links were found: under another one all of them are told anew.
ALTER TABLE area ADD COLUMN model text NOT NULL DEFAULT '';
