package main

import (
	"errors"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

// shard is the part of the work that this process does, of all the machines that share it: --shard. Work is numbered from 0,
// and shard I of N does what leaves the remainder I-1 when its number is divided by N:
//
//	o.shard.flags(c)
//	err := o.shard.find(s)       // before the work begins: reads the flag, and the environment where the flag says so
//	if o.shard.on() { … }        // --shard was given
//	if o.shard.has(i) { … }      // piece of work i is this shard's
//
// Shards share nothing but the scenario and, if they like, an output directory.
type shard struct {
	text      string
	index, of int // from 0; of = 0: the work is not divided
}

func (o *shard) flags(c *cobra.Command) {
	c.Flags().StringVar(&o.text, "shard", "", "do only this `part` of the work, and merge the parts later: 3/8 is the third of eight; auto takes it from the environment of Kubernetes Indexed Jobs, Slurm arrays, AWS Batch arrays and others, and auto/8 where that has no number of parts")
}

func (o *shard) on() bool { return o.of > 0 }

func (o *shard) has(work int) bool { return !o.on() || work%o.of == o.index }

// String is the shard as a person counts: shard 3 of 8.
func (o *shard) String() string {
	return "shard " + strconv.Itoa(o.index+1) + " of " + strconv.Itoa(o.of)
}

// parts is the number of parts that --shard names.
func (o *shard) parts() (int, error) {
	_, total, _ := strings.Cut(o.text, "/")
	n, err := strconv.Atoi(total)
	if err != nil || n < 1 {
		return 0, usagef("--emit: needs --shard with the number of parts, such as --shard auto/8")
	}
	return n, nil
}

// find reads --shard. It says on standard error which part of the environment it took the shard from.
func (o *shard) find(s *streams) error {
	if o.text == "" {
		return nil
	}
	part, total, split := strings.Cut(o.text, "/")
	n := 0
	if split {
		var err error
		if n, err = strconv.Atoi(total); err != nil || n < 1 {
			return usagef("--shard: %q must be a part and a number of parts, such as 3/8, or auto", o.text)
		}
	}
	if part == "auto" {
		return o.fromEnvironment(s, n)
	}
	i, err := strconv.Atoi(part)
	switch {
	case err != nil || !split:
		return usagef("--shard: %q must be a part and a number of parts, such as 3/8, or auto", o.text)
	case i < 1 || i > n:
		return usagef("--shard: parts of %d are numbered from 1 to %d, got %d", n, n, i)
	}
	o.index, o.of = i-1, n
	return nil
}

// arrayEngine is a program that runs numbered tasks, and says in the environment which one a process is.
type arrayEngine struct {
	name  string
	index string // variable with the number of the task
	base  int    // number of the first task, where first does not say it
	none  string // value of index in a process that is no task of an array; "" is always one
	count string // variable with the number of tasks; "" = there is none
	first string // variables with the first number, the last, and the step; "" = there is none
	last  string
	step  string
}

// arrayEngines are asked in this order.
var arrayEngines = []arrayEngine{
	{name: "Kubernetes", index: "JOB_COMPLETION_INDEX"},
	{name: "Slurm", index: "SLURM_ARRAY_TASK_ID", count: "SLURM_ARRAY_TASK_COUNT", first: "SLURM_ARRAY_TASK_MIN", last: "SLURM_ARRAY_TASK_MAX", step: "SLURM_ARRAY_TASK_STEP"},
	{name: "AWS Batch", index: "AWS_BATCH_JOB_ARRAY_INDEX", count: "AWS_BATCH_JOB_ARRAY_SIZE"},
	{name: "Google Batch", index: "BATCH_TASK_INDEX", count: "BATCH_TASK_COUNT"},
	{name: "Cloud Run", index: "CLOUD_RUN_TASK_INDEX", count: "CLOUD_RUN_TASK_COUNT"},
	{name: "Grid Engine", index: "SGE_TASK_ID", base: 1, none: "undefined", first: "SGE_TASK_FIRST", last: "SGE_TASK_LAST", step: "SGE_TASK_STEPSIZE"},
	{name: "PBS", index: "PBS_ARRAY_INDEX"},
	{name: "LSF", index: "LSB_JOBINDEX", base: 1, none: "0", last: "LSB_JOBINDEX_END", step: "LSB_JOBINDEX_STEP"},
	{name: "GitLab CI", index: "CI_NODE_INDEX", base: 1, count: "CI_NODE_TOTAL"},
	{name: "Buildkite", index: "BUILDKITE_PARALLEL_JOB", count: "BUILDKITE_PARALLEL_JOB_COUNT"},
	{name: "GNU parallel", index: "PARALLEL_SEQ", base: 1},
}

// fromEnvironment takes the shard from the one engine that started this process. n is the number of parts that the user
// gives, 0 = none. With it, a task has the part of its number: a single task may be started again by that number alone,
// which then is all that its array has.
func (o *shard) fromEnvironment(s *streams, n int) error {
	var found []*arrayEngine
	var names, variables []string
	for i := range arrayEngines {
		e := &arrayEngines[i]
		variables = append(variables, e.index)
		if v := os.Getenv(e.index); v != "" && v != e.none {
			found = append(found, e)
			names = append(names, e.name+" ("+e.index+"="+v+")")
		}
	}
	switch len(found) {
	case 0:
		return usagef("--shard auto: the environment names no task of an array (looked for %s)", strings.Join(variables, ", "))
	case 1:
	default:
		return usagef("--shard auto: the environment names tasks of several arrays: %s. Write --shard 3/8 instead", strings.Join(names, ", "))
	}
	index, of, err := found[0].task(n)
	if err != nil {
		return usagef("--shard auto: %s: %w", names[0], err)
	}
	o.index, o.of = index, of
	s.note("%s, as %s says", o, names[0])
	return nil
}

// task is which task this process is, from 0, and of how many.
func (e *arrayEngine) task(n int) (index, of int, err error) {
	id, err := strconv.Atoi(os.Getenv(e.index))
	if err != nil {
		return 0, 0, errors.New("not a number")
	}
	if n > 0 {
		if id -= e.base; id < 0 || id >= n {
			return 0, 0, errors.New("tasks of " + strconv.Itoa(n) + " parts are numbered from " + strconv.Itoa(e.base) + " to " + strconv.Itoa(n-1+e.base))
		}
		return id, n, nil
	}
	first, step := number(e.first, e.base), max(number(e.step, 1), 1)
	last := number(e.last, -1)
	of = number(e.count, (last-first)/step+1)
	switch {
	case e.count == "" && last < first || of < 1:
		return 0, 0, errors.New("it does not say how many tasks there are: write --shard auto/8")
	case e.last != "" && last >= first && (last-first)/step+1 != of || (id-first)%step != 0:
		return 0, 0, errors.New("the numbers of its tasks have gaps: give it the numbers from " + strconv.Itoa(e.base) + " on, and write --shard auto/8")
	}
	index = (id - first) / step
	if index < 0 || index >= of {
		return 0, 0, errors.New("is not one of its " + strconv.Itoa(of) + " tasks")
	}
	return index, of, nil
}

// number is the value of a variable; without one, another.
func number(variable string, without int) int {
	if v, err := strconv.Atoi(os.Getenv(variable)); err == nil && variable != "" {
		return v
	}
	return without
}
