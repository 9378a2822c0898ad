"""What Gatewright does, each a straight line through the rooms below: read these first.

check      document → findings                      validate
assemble   project → bundles, template              build
deploy     template → change set → release → docs   deploy
promote    a stage to a release                     promote, rollback
history    what runs and what ran                   status, releases
publish    what runs → exports, site                export, docs
destroy    the stack goes                           destroy
target     where all of it happens: aws or local
"""
