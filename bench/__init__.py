"""Cost and speed, as ratios of two ways of doing one thing, measured side by side in one run."""
