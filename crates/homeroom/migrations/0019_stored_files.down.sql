-- The count is right without the triggers, too: nothing has to be taken back.
SELECT;
