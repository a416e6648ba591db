GRANT EXECUTE ON PROCEDURE usp_look_for_room TO `definer`@`localhost`
