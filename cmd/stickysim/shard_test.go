package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// environment has only these array variables.
func environment(t *testing.T, set string) {
	t.Helper()
	for _, e := range arrayEngines {
		for _, name := range []string{e.index, e.count, e.first, e.last, e.step} {
			if name != "" {
				t.Setenv(name, "")
				os.Unsetenv(name)
			}
		}
	}
	for _, pair := range strings.Fields(set) {
		name, value, _ := strings.Cut(pair, "=")
		t.Setenv(name, value)
	}
}

func TestShard(t *testing.T) {
	const slurm = "SLURM_ARRAY_TASK_MIN=4 SLURM_ARRAY_TASK_MAX=10 SLURM_ARRAY_TASK_STEP=2 SLURM_ARRAY_TASK_COUNT=4 "
	for _, c := range []struct{ flag, environment, want string }{
		{"", "JOB_COMPLETION_INDEX=2", "all"},
		{"3/8", "JOB_COMPLETION_INDEX=2 CI_NODE_INDEX=1", "shard 3 of 8"}, // the flag overrides
		{"1/1", "", "shard 1 of 1"},
		{"0/8", "", "numbered from 1 to 8"},
		{"9/8", "", "numbered from 1 to 8"},
		{"3", "", "such as 3/8"},
		{"x/8", "", "such as 3/8"},
		{"3/0", "", "such as 3/8"},
		{"auto/x", "", "such as 3/8"},
		{"auto", "", "names no task of an array"},
		{"auto", "JOB_COMPLETION_INDEX=2", "does not say how many"},
		{"auto/8", "JOB_COMPLETION_INDEX=2", "shard 3 of 8"},
		{"auto/2", "JOB_COMPLETION_INDEX=2", "numbered from 0 to 1"},
		{"auto/4", "JOB_COMPLETION_INDEX=x", "not a number"},
		{"auto", slurm + "SLURM_ARRAY_TASK_ID=8", "shard 3 of 4"},
		{"auto", slurm + "SLURM_ARRAY_TASK_ID=7", "have gaps"},
		{"auto", "SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=11 SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_ID=3", "have gaps"},
		{"auto/4", "SLURM_ARRAY_TASK_MIN=2 SLURM_ARRAY_TASK_MAX=2 SLURM_ARRAY_TASK_COUNT=1 SLURM_ARRAY_TASK_ID=2", "shard 3 of 4"}, // one started again
		{"auto", "AWS_BATCH_JOB_ARRAY_INDEX=0 AWS_BATCH_JOB_ARRAY_SIZE=2", "shard 1 of 2"},
		{"auto", "BATCH_TASK_INDEX=1 BATCH_TASK_COUNT=2", "shard 2 of 2"},
		{"auto", "CLOUD_RUN_TASK_INDEX=1 CLOUD_RUN_TASK_COUNT=1", "is not one of its 1 tasks"},
		{"auto", "SGE_TASK_ID=undefined", "names no task of an array"},
		{"auto", "SGE_TASK_ID=4 SGE_TASK_FIRST=1 SGE_TASK_LAST=4 SGE_TASK_STEPSIZE=1", "shard 4 of 4"},
		{"auto/4", "SGE_TASK_ID=4", "shard 4 of 4"},
		{"auto/4", "PBS_ARRAY_INDEX=0", "shard 1 of 4"},
		{"auto", "LSB_JOBINDEX=0", "names no task of an array"},
		{"auto/4", "LSB_JOBINDEX=1", "shard 1 of 4"},
		{"auto", "CI_NODE_INDEX=2 CI_NODE_TOTAL=3", "shard 2 of 3"},
		{"auto", "CI_NODE_TOTAL=1", "names no task of an array"},
		{"auto", "BUILDKITE_PARALLEL_JOB=0 BUILDKITE_PARALLEL_JOB_COUNT=3", "shard 1 of 3"},
		{"auto/3", "PARALLEL_SEQ=3", "shard 3 of 3"},
		{"auto/3", "JOB_COMPLETION_INDEX=2 CI_NODE_INDEX=2", "several arrays: Kubernetes (JOB_COMPLETION_INDEX=2), GitLab CI (CI_NODE_INDEX=2)"},
	} {
		environment(t, c.environment)
		var notes bytes.Buffer
		o := shard{text: c.flag}
		err := o.find(newStreams(strings.NewReader(""), &notes, &notes))
		got := "all"
		switch {
		case err != nil:
			got = err.Error()
		case o.on():
			got = o.String()
		}
		if !strings.Contains(got, c.want) {
			t.Errorf("--shard %q with %s: %s; want %s", c.flag, c.environment, got, c.want)
		}
		if strings.HasPrefix(c.flag, "auto") && err == nil && !strings.Contains(notes.String(), c.want+", as ") {
			t.Errorf("--shard %q with %s: it is not said where the shard is from: %q", c.flag, c.environment, notes.String())
		}
	}
}

// Each piece of work is one shard's.
func TestShardsDivideTheWork(t *testing.T) {
	for of := 1; of < 7; of++ {
		for work := range 20 {
			n := 0
			for index := range of {
				if (&shard{index: index, of: of}).has(work) {
					n++
				}
			}
			if n != 1 {
				t.Errorf("work %d of %d shards is done %d times", work, of, n)
			}
		}
	}
	if !(&shard{}).has(3) {
		t.Error("without shards, some work is not done")
	}
}
