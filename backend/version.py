"""The version of the product, as the contract and the command line tell it."""

VERSION = "0.1.0"
