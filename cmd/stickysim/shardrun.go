package main

import (
	"context"
	"fmt"
	"strconv"
	"sync/atomic"

	"stickysim/scenarios"
	"stickysim/sim/experiment"
)

// checkShard refuses what a shard cannot do alone.
func (o *RunOptions) checkShard(studies []*experiment.Study) error {
	if o.shard.text == "" && o.emission.engine == "" {
		return nil
	}
	switch {
	case o.Out == "" || !o.keep:
		return usagef("--shard: needs --out, where its replications are kept until merge")
	case o.overwrite:
		return usagef("--shard: not with --overwrite, by which shards would drop what others have kept; remove the directory instead")
	case o.Events != "":
		return usagef("--shard: a shard writes no --events")
	}
	for _, study := range studies {
		if r := study.Replications; r.Decided || r.Judged || r.Min < r.Max {
			return usagef("%s: --shard: needs a fixed number of replications, such as --replications 40: whether there are enough shows only in all of them together", study.Name)
		}
	}
	return nil
}

// job is what --emit makes a job of.
func (o *RunOptions) job(built []*scenarios.Built, targets []target) *job {
	j := &job{name: built[0].Study.Name, cores: o.jobs, out: o.Out}
	for i, name := range o.Scenarios {
		j.scenarios = append(j.scenarios, scenarioFile{name: name, needs: built[i].Files})
		j.merges = append(j.merges, targets[i].dir)
	}
	return j
}

// simulateShard runs the replications of a shard and keeps them. The result is made by merge.
func (o *RunOptions) simulateShard(ctx context.Context, s *streams, study *experiment.Study, k *store) error {
	if err := k.files.Write(shardsName, []byte(strconv.Itoa(o.shard.of))); err != nil {
		return err
	}
	var stopped atomic.Bool
	defer context.AfterFunc(ctx, func() { stopped.Store(true) })()
	fitted, err := s.fit(study, &o.effort)
	if err != nil {
		return err
	}
	n := study.Replications.Max
	p := s.follow(study.Name + ", " + o.shard.String())
	early, err := experiment.RunSome(study, experiment.Options{Jobs: fitted.jobs, Progress: p.step, Stop: stopped.Load, Saved: k.Folder}, func(_, replication int) bool { return o.shard.has(replication) })
	p.end()
	if err != nil {
		return k.resumable(err)
	}
	there, err := k.complete(study)
	if err != nil {
		return err
	}
	if early {
		s.interrupted(ctx, study, fmt.Sprintf("%d of %d replications are in %s", there, n, k.files), true)
		return errInterrupted
	}
	s.note("%s: %s is complete; %d of %d replications are in %s. When all shards are: stickysim merge %s --out RESULT", study.Name, &o.shard, there, n, k.files, o.Out)
	return nil
}
