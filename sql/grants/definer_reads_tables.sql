GRANT SELECT, TRIGGER ON * TO `definer`@`localhost`
