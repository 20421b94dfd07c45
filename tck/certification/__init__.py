"""What a certificate says of a result, when there is none, and how it is signed and read; pure but for keys.

`envelope` is the only module that needs the extra `certify`.
"""
