-- Files that were there before the database counted them.
SELECT reconcile_storage(uploaded_by) FROM (SELECT DISTINCT uploaded_by FROM files) AS person;
