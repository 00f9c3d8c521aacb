"""Career advice as data: rules, parameters, tables, cases and example people."""
