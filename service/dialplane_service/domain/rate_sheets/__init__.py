"""Price lists as carriers send them, read strictly: every row becomes exact rates or an error that says why."""
