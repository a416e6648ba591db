GRANT EXECUTE ON PROCEDURE usp_measure_quality TO `definer`@`localhost`
