"""The stack on this machine: emulator, stand-ins for LINE and Google, a sample order."""
