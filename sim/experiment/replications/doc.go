// Package replications keeps the replications of a study as files, so that a run that was stopped is continued, one of 20
// replications is extended to 60, and the shards of several machines become one result. A [Folder] is the
// experiment.Saved of a study:
//
//	key := replications.Key{Scenario: study.Fingerprint, Seed: study.Seed, Version: version}
//	folder, err := replications.Create(files, key)   // or Open, which does not write
//	experiment.Run(study, experiment.Options{Saved: folder})
//	experiment.RunSome(study, experiment.Options{Saved: folder}, part)   // a shard: only the replications of which part is true, and no result
//	missing, err := replications.Missing([]*replications.Folder{folder}, len(study.Variants), n)
//
// A file holds what experiment.Run needs of one replication of one alternative, compressed, with the key of its study and
// a checksum. It appears under its name when it is complete. A damaged file is reported to Folder.Note and counts as
// absent, so that its replication is run again. Files of another scenario, seed or version are refused.
//
// Several processes may write into one folder at once, as shards do: equal replications have equal files.
//
// Floor 4.
package replications
