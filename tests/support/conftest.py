"""The checks of the contract in contract_dir judge a target; they are no tests of the kit."""

collect_ignore = ["contract_dir"]
