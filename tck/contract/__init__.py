"""The files in spec/<contract> as values: contract, requirements, OpenAPI, releases and waivers."""
