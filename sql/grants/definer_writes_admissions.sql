GRANT INSERT, UPDATE ON admissions TO `definer`@`localhost`
