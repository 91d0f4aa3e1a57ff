package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"stickysim/sim/lazy"
)

// job is a command line whose shards an array engine is to run.
type job struct {
	name      string // of the first scenario; when it is printed, a DNS label: stickysim-checkout
	parts     int
	cores     int      // of each part
	command   []string // without the program: run, …, --shard=auto/8
	scenarios []scenarioFile
	out       string   // directory of --out
	merges    []string // directories of the studies below it
}

// scenarioFile is a scenario of the command line.
type scenarioFile struct {
	name  string   // as the command line has it
	path  string   // "" = a built-in scenario
	needs []string // files that it names, relative to its own folder
}

// emitters print a job for an engine.
var emitters = []struct {
	name  string
	print func(j *job) string
}{
	{"kubernetes", kubernetesJob},
	{"slurm", slurmScript},
}

func emitterNames() []string {
	var names []string
	for _, e := range emitters {
		names = append(names, e.name)
	}
	return names
}

// emission is --emit.
type emission struct {
	engine string
	given  []string // all other flags of the command line, as --name=value, without --shard, --out and --jobs
	verb   string   // run, compare or sweep
}

func (o *emission) flags(c *cobra.Command) {
	c.Flags().StringVar(&o.engine, "emit", "", "with --shard auto/8, print the job that runs these parts on an `engine`, and simulate nothing: "+strings.Join(emitterNames(), ", "))
	_ = c.RegisterFlagCompletionFunc("emit", cobra.FixedCompletions(emitterNames(), cobra.ShellCompDirectiveNoFileComp))
}

// note remembers the command line.
func (o *emission) note(c *cobra.Command) {
	o.verb, o.given = c.Name(), nil
	c.Flags().Visit(func(f *pflag.Flag) {
		if !slices.Contains([]string{"emit", "shard", "out", "jobs"}, f.Name) {
			o.given = append(o.given, asWritten(f)...)
		}
	})
}

// asWritten is a flag as the command line has it, --name=value, once for each element of a list.
func asWritten(f *pflag.Flag) []string {
	values := []string{f.Value.String()}
	if list, ok := f.Value.(pflag.SliceValue); ok {
		values = list.GetSlice()
	}
	var all []string
	for _, v := range values {
		all = append(all, "--"+f.Name+"="+v)
	}
	return all
}

func (o *emission) check() error {
	if o.engine != "" && !slices.Contains(emitterNames(), o.engine) {
		return usagef("--emit: unknown engine %q%s", o.engine, didYouMean(o.engine, emitterNames()))
	}
	return nil
}

// print prints the job of a command line, which has all but what the flags say. The scenarios have been built, so that a
// mistake shows here and not on the cluster.
func (o *emission) print(s *streams, sh *shard, j *job) (err error) {
	if j.parts, err = sh.parts(); err != nil {
		return err
	}
	j.name, j.cores, j.command = dnsLabel(j.name), max(j.cores, 1), []string{o.verb}
	for i := range j.scenarios {
		f := &j.scenarios[i]
		if err := o.find(f); err != nil {
			return err
		}
		j.command = append(j.command, f.name)
	}
	j.command = append(j.command, o.given...)
	j.command = append(j.command, fmt.Sprintf("--jobs=%d", j.cores), fmt.Sprintf("--shard=auto/%d", j.parts), "--out="+j.out)
	for _, e := range emitters {
		if e.name == o.engine {
			_, err := fmt.Fprint(s.out, e.print(j))
			return err
		}
	}
	return nil
}

// find says whether a scenario is a file or built in, and refuses what other machines cannot have.
func (o *emission) find(f *scenarioFile) error {
	info, err := os.Stat(f.name)
	switch {
	case f.name == "-":
		return usagef("--emit: a scenario from standard input is not on the other machines; write it to a file")
	case errors.Is(err, fs.ErrNotExist) || err == nil && info.IsDir():
		return nil // built in
	}
	f.path = f.name
	if k := slices.IndexFunc(f.needs, func(n string) bool { return strings.Contains(n, "/") }); k >= 0 && o.engine == "kubernetes" {
		return usagef("--emit kubernetes: %s names %s, and a ConfigMap has no folders; put the file beside the scenario", f.name, f.needs[k])
	}
	return nil
}

var noLabel = lazy.Regexp(`[^a-z0-9]+`)

// dnsLabel makes the name of a job of a scenario's.
func dnsLabel(name string) string {
	clean := strings.Trim(noLabel().ReplaceAllString(strings.ToLower(name), "-"), "-")
	return strings.TrimRight("stickysim-"+clean[:min(len(clean), 40)], "-")
}

// mergeLines are the commands that make the results.
func (j *job) mergeLines(dir func(string) string) string {
	var b strings.Builder
	for _, m := range j.merges {
		fmt.Fprintf(&b, "#   stickysim merge %s --out %s\n", shellWord(dir(m)), shellWord(dir(m)))
	}
	return b.String()
}

// slurmScript is a batch script. A single part is run again with sbatch --array=NUMBER, as it names their number itself.
func slurmScript(j *job) string {
	var words []string
	for _, w := range j.command {
		words = append(words, shellWord(w))
	}
	return fmt.Sprintf(`#!/bin/sh
# Submit this script with sbatch, in a directory that all nodes share and with stickysim in the PATH.
# When all parts have ended:
%s# A part that has failed is run again with: sbatch --array=NUMBER THIS_SCRIPT. What it had finished is kept.
#SBATCH --job-name=%s
#SBATCH --array=0-%d
#SBATCH --cpus-per-task=%d
#SBATCH --output=%s-%%a.log
exec stickysim %s
`, j.mergeLines(func(d string) string { return d }), j.name, j.parts-1, j.cores, j.name, strings.Join(words, " "))
}

// shellWord quotes a word for a shell, where it needs quotes.
func shellWord(w string) string {
	if w != "" && !strings.ContainsFunc(w, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=./,:+@%", r)
	}) {
		return w
	}
	return "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
}

// Where a pod has its volumes.
const (
	dataMount     = "/data"
	scenarioMount = "/scenario"
)

// kubernetesJob is an Indexed Job. Files come from a ConfigMap, and results go to a volume.
func kubernetesJob(j *job) string {
	command := append([]string{"stickysim"}, j.command...)
	dir := func(d string) string { return path.Join(dataMount, filepath.Base(j.out), strings.TrimPrefix(d, j.out)) }
	command[len(command)-1] = "--out=" + dir(j.out)
	var from []string
	for i, f := range j.scenarios {
		if f.path == "" {
			continue
		}
		command[2+i] = path.Join(scenarioMount, filepath.Base(f.path))
		from = append(from, "--from-file="+shellWord(f.path))
		for _, name := range f.needs {
			from = append(from, "--from-file="+shellWord(filepath.Join(filepath.Dir(f.path), name)))
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# Replace IMAGE by an image with stickysim in its PATH, and CLAIM by a PersistentVolumeClaim that all pods can write.\n")
	if from != nil {
		fmt.Fprintf(&b, "# Before, give the cluster the scenario and its files (1 MiB in all; larger ones belong into the image or the volume):\n#   kubectl create configmap %s %s\n", j.name, strings.Join(from, " "))
	}
	fmt.Fprintf(&b, "# When all parts have ended, in a pod with the volume:\n%s", j.mergeLines(dir))
	fmt.Fprintf(&b, jobHead, j.name, j.parts, j.parts, flowList(command), dataMount, j.cores)
	if from != nil {
		fmt.Fprintf(&b, "            - {name: scenario, mountPath: %s, readOnly: true}\n", scenarioMount)
	}
	b.WriteString("      volumes:\n        - {name: data, persistentVolumeClaim: {claimName: CLAIM}}\n")
	if from != nil {
		fmt.Fprintf(&b, "        - {name: scenario, configMap: {name: %s}}\n", j.name)
	}
	return b.String()
}

const jobHead = `apiVersion: batch/v1
kind: Job
metadata:
  name: %s
spec:
  completionMode: Indexed
  completions: %d
  parallelism: %d
  backoffLimitPerIndex: 3
  podFailurePolicy:
    rules:
      # Wrong usage fails again however often it is tried; whatever else ends a pod is tried again, and continues.
      - {action: FailIndex, onExitCodes: {operator: In, values: [2]}}
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: stickysim
          image: IMAGE
          command: %s
          workingDir: %s
          resources: {requests: {cpu: "%d"}}
          volumeMounts:
            - {name: data, mountPath: /data}
`

// flowList is a list as YAML has it on one line.
func flowList(words []string) string {
	var list []string
	for _, w := range words {
		text, _ := json.Marshal(w) // strings can always be written
		list = append(list, string(text))
	}
	return "[" + strings.Join(list, ", ") + "]"
}
