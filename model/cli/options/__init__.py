"""What can be typed after each command: a file each, of the command's name. Nothing here loads the model before a command
is run, so that help and mistakes are answered at once."""
