-- Whose a message is stays true until the column goes: nothing has to be taken back.
SELECT;
