"""One module for each verb; its docstring's first line is the verb's help."""
