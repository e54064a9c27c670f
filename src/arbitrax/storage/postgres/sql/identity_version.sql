SELECT version FROM identity_version
