"""Servers whose fault only a randomized check can find."""
