SELECT epoch = %(epoch)s FROM ingestion_runs WHERE id = %(id)s FOR SHARE
