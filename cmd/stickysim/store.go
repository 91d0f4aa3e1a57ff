package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"stickysim/reports/outdir"
	"stickysim/scenarios"
	"stickysim/sim/experiment"
	"stickysim/sim/experiment/replications"
)

// The folder of a result directory that keeps the replications, and what it holds beside them.
const (
	storeName   = "replications"
	archiveName = "scenario.zip" // the scenario as it was written, with its files
	changesName = "changes.json" // what the command line changed in it
	shardsName  = "shards.json"  // into how many shards the work was divided last
)

// keeping says what --out keeps beside the result.
type keeping struct {
	keep, overwrite bool
	changes         []string // flags that say what the study is, as --name=value
}

func (o *keeping) flags(c *cobra.Command) {
	c.Flags().BoolVar(&o.keep, "keep-replications", true, "with --out, keep each replication as it finishes: the same command continues a run that was stopped, more --replications are added to those there are, and merge and report compute from them. About 40 kB each with 6 servers, 1.3 MB with 1,000")
	c.Flags().BoolVar(&o.overwrite, "overwrite", false, "with --out, drop replications of another scenario, seed or version that are there")
}

// question are the flags that say what a study is, by which report and merge build it again.
type question struct {
	*selection
	*goal
}

func (q question) flags(c *cobra.Command) {
	q.selection.flags(c)
	q.goal.flags(c)
}

// note remembers the flags of a command line that say what the study is.
func (o *keeping) note(c *cobra.Command) {
	those := &cobra.Command{}
	question{&selection{}, &goal{}}.flags(those)
	o.changes = givenFlags(c, those)
}

// givenFlags are the flags of a command line that another command has, too, as --name=value.
func givenFlags(c, those *cobra.Command) []string {
	var given []string
	c.Flags().Visit(func(f *pflag.Flag) {
		if those.Flags().Lookup(f.Name) != nil {
			given = append(given, asWritten(f)...)
		}
	})
	return given
}

// store is where the replications of a study are kept.
type store struct {
	*replications.Folder
	files outdir.Files
}

func storeIn(dir string) outdir.Files { return outdir.Files(filepath.Join(dir, storeName)) }

// keyOf is what the replications of a study depend on.
func keyOf(study *experiment.Study) (replications.Key, error) {
	version, err := engine()
	return replications.Key{Scenario: study.Fingerprint, Seed: study.Seed, Version: version}, err
}

// open prepares the folder of a study's replications below the directory of --out. It is nil where none are kept. What
// cannot be written shows here, before anything is simulated.
func (o *keeping) open(s *streams, dir string, b *scenarios.Built) (*store, error) {
	if dir == "" {
		return nil, nil
	}
	files := storeIn(dir)
	if !o.keep {
		return nil, o.without(dir)
	}
	if err := errors.Join(writableDir(dir, "result.json"), files.Sweep()); err != nil {
		return nil, err
	}
	archive, err := b.Archive()
	if err != nil {
		return nil, err
	}
	key, err := keyOf(b.Study)
	if err != nil {
		return nil, err
	}
	folder, err := replications.Create(files, key)
	if err != nil && o.overwrite && !os.IsPermission(err) {
		if err := os.RemoveAll(string(files)); err != nil {
			return nil, err
		}
		folder, err = replications.Create(files, key)
	}
	if err != nil {
		return nil, notKept(string(files), err)
	}
	folder.Note = func(text string) { s.note("%s: %s; that replication is run again", files, text) }
	k := &store{folder, files}
	there, err := k.complete(b.Study)
	if err != nil {
		return nil, err
	}
	if there > 0 {
		s.note("%s: continuing, %d of up to %d replications are there", files, there, b.Study.Replications.Max)
	}
	changes, err := json.Marshal(append([]string{}, o.changes...))
	if err != nil {
		return nil, err
	}
	if err := errors.Join(files.Write(archiveName, archive), files.Write(changesName, changes)); err != nil {
		return nil, fmt.Errorf("--out: %w", err)
	}
	return k, nil
}

// notKept says why replications cannot be kept in a folder.
func notKept(folder string, err error) error {
	var other *replications.MismatchError
	if errors.As(err, &other) {
		return usagef("%s %w. Name another directory, or add --overwrite to drop them", folder, err)
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		return fmt.Errorf("--out: %w", err)
	}
	return fmt.Errorf("%s: %w. Add --overwrite to begin anew", folder, err)
}

// without prepares the directory of --out for a result without replications. Those of another run must not lie beside it.
func (o *keeping) without(dir string) error {
	if isStore(dir) {
		if !o.overwrite {
			return usagef("--keep-replications=false: %s holds replications. Name another directory, or add --overwrite to drop them", storeIn(dir))
		}
		if err := os.RemoveAll(string(storeIn(dir))); err != nil {
			return err
		}
	}
	return writableDir(dir, "result.json")
}

// reopen builds the study of a folder of replications again. change may alter its flags before they are applied.
func (s *streams) reopen(files outdir.Files, change func(q question)) (*scenarios.Built, error) {
	data, err := files.ReadFile(archiveName)
	if err != nil {
		return nil, err
	}
	spec, contents, err := scenarios.OpenArchive(data)
	if err != nil {
		return nil, fmt.Errorf("%s is damaged: %w", filepath.Join(string(files), archiveName), err)
	}
	var changes []string
	text, err := files.ReadFile(changesName)
	if err == nil {
		err = json.Unmarshal(text, &changes)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(string(files), changesName), err)
	}
	c, q := &cobra.Command{}, question{&selection{}, &goal{}}
	q.flags(c)
	if err := c.ParseFlags(changes); err != nil {
		return nil, err
	}
	if change != nil {
		change(q)
	}
	b, err := q.selection.build(spec, contents)
	if err != nil {
		return nil, err
	}
	return b, q.goal.apply(b.Study)
}

// isStore reports whether a directory keeps replications.
func isStore(dir string) bool {
	_, err := os.Stat(filepath.Join(string(storeIn(dir)), "study.json"))
	return err == nil
}

// complete is how many of the replications of a study all alternatives have.
func (k *store) complete(study *experiment.Study) (int, error) {
	n := study.Replications.Max
	missing, err := replications.Missing([]*replications.Folder{k.Folder}, len(study.Variants), n)
	return n - len(missing), err
}

// saved is the store as a study sees it; nil where there is none.
func (k *store) saved() experiment.Saved {
	if k == nil {
		return nil
	}
	return k.Folder
}

// resumable adds to an error of reading or writing that nothing is lost of what was finished.
func (k *store) resumable(err error) error {
	var path *fs.PathError
	if k == nil || !errors.As(err, &path) {
		return err
	}
	return fmt.Errorf("%w. Replications that were finished are in %s; the same command continues", err, k.files)
}
