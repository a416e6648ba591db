GRANT EXECUTE ON PROCEDURE `debug`.debug TO `definer`@`localhost`
