"""Items, steps and histories in the words of their workflows."""
