"""Generated requests, drawn by Schemathesis from the contract's OpenAPI document."""
