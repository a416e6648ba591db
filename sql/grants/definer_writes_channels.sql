GRANT INSERT, UPDATE ON channels TO `definer`@`localhost`
