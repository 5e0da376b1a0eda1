"""The ways files come: a watched folder, SFTP, S3-compatible storage; collected on schedules, read as by `ingest`.

declaration   the file that says what is collected       schedule   when
drive         what a place must be able to do            local, sftp, s3   the three that can
inbox         complete files, claimed and laid aside     taking     one file, from claim to receipt
visit         one look at one place                      rounds     all of them, by their schedules
"""
