"""The command line: reads what was typed, asks the use cases, shows the answer as tables or as JSON; holds no rules."""
