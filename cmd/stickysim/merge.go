package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"stickysim/reports/outdir"
	"stickysim/scenarios"
	"stickysim/sim/experiment/replications"
)

// MergeOptions are the flags and arguments of `merge`.
type MergeOptions struct {
	output
	Dirs []string // of --out of the shards
}

const mergeExample = `  stickysim run shop.yaml --replications 400 --shard 1/2 --out part-1
  stickysim run shop.yaml --replications 400 --shard 2/2 --out part-2
  stickysim merge part-1 part-2 --out shop-result`

func newMerge(s *streams) *cobra.Command {
	o := &MergeOptions{}
	c := &cobra.Command{
		Use: "merge DIR...", Short: "Make one result of the shards of a run or sweep (no simulation)",
		Long: "Make one result of the replications that runs or sweeps with --shard have kept, without simulating. The result is the one of a run " +
			"or sweep without shards. Each DIR is the directory of --out of a shard; all shards may have had the same one.",
		Example: mergeExample, Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			o.Dirs = args
			return merge(c.Context(), s, o)
		},
	}
	o.formatFlag(c)
	o.screenFlags(c)
	o.outFlag(c)
	c.ValidArgsFunction = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return nil, cobra.ShellCompDirectiveFilterDirs
	}
	return c
}

func merge(ctx context.Context, s *streams, o *MergeOptions) error {
	if err := o.output.check(); err != nil {
		return err
	}
	if isSweep(o.Dirs[0]) {
		return mergeSweep(ctx, s, o)
	}
	b, all, err := s.openShards(o.Dirs)
	if err != nil {
		return err
	}
	missing, err := all.missing(len(b.Study.Variants), b.Study.Replications.Max)
	if err != nil {
		return err
	}
	if len(missing) > 0 {
		return usagef("%s", absent(missing, shardsIn(o.Dirs)))
	}
	if o.Out != "" && !slices.Contains(o.Dirs, o.Out) {
		if err := s.vacant(o.Out, ""); err != nil {
			return err
		}
		to, err := (&keeping{keep: true, changes: all.changes}).open(s, o.Out, b)
		if err != nil {
			return err
		}
		all.to = to.Folder
	}
	watch := startWatch(s.args)
	r, err := s.simulateKept(ctx, b.Study, &effort{most: -1}, false, all)
	if r == nil {
		return err
	}
	if err := o.save(s, r, target{dir: o.Out}, watch.meta(0, r)); err != nil {
		return err
	}
	return o.show(s, r, showing{})
}

// openShards opens the replications of several directories, which must be of one study, and builds it again: with as many
// replications as the shards were to make together.
func (s *streams) openShards(dirs []string) (*scenarios.Built, *gathered, error) {
	all := &gathered{}
	b, err := load(s, func() (*scenarios.Built, error) { return s.openInto(all, dirs) })
	return b, all, err
}

func (s *streams) openInto(all *gathered, dirs []string) (study *scenarios.Built, err error) {
	for _, dir := range dirs {
		files := storeIn(dir)
		if !isStore(dir) {
			return nil, usagef("%s keeps no replications", dir)
		}
		if all.key == (replications.Key{}) {
			key, err := replications.KeyOf(files)
			if err != nil {
				return nil, strange(files, err, "")
			}
			all.key = key
		}
		folder, err := replications.Open(files, all.key)
		if err != nil {
			return nil, strange(files, err, string(all.from[0].files))
		}
		folder.Note = func(text string) { all.damaged = append(all.damaged, fmt.Sprintf("%s: %s", files, text)) }
		all.from = append(all.from, &store{folder, files})
		b, err := s.reopen(files, nil)
		if err != nil {
			return nil, err
		}
		if study == nil || b.Study.Replications.Max > study.Study.Replications.Max {
			study = b
			all.changes = changesIn(files)
		}
	}
	return study, all.sameVersion(study)
}

// sameVersion refuses replications of another version of the program than this.
func (g *gathered) sameVersion(b *scenarios.Built) error {
	own, err := keyOf(b.Study)
	if err != nil {
		return err
	}
	if _, err := replications.Open(g.from[0].files, own); err != nil {
		return strange(g.from[0].files, err, "")
	}
	return nil
}

// strange says why the replications of a folder cannot be used. than is the folder whose study they are not of; "" = none.
func strange(files outdir.Files, err error, than string) error {
	var other *replications.MismatchError
	if errors.As(err, &other) {
		other.Than = than
		return usagef("%s %w", files, other)
	}
	var path *fs.PathError
	if errors.As(err, &path) && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return usagef("%s: %w", files, err)
}

// shardsIn is into how many shards the work was divided; 0 = none.
func shardsIn(dirs []string) int {
	n := 0
	for _, dir := range dirs {
		var of int
		if text, err := storeIn(dir).ReadFile(shardsName); err == nil && json.Unmarshal(text, &of) == nil {
			n = max(n, of)
		}
	}
	return n
}

// absent says which replications are missing, by shard where there are shards.
func absent(missing []int, shards int) string {
	if shards < 2 {
		return "missing: " + numbered(missing) + ". The same command as before runs them"
	}
	var list []string
	for k := range shards {
		sh := &shard{index: k, of: shards}
		var own []int
		for _, r := range missing {
			if sh.has(r) {
				own = append(own, r)
			}
		}
		if len(own) > 0 {
			list = append(list, sh.String()+" is missing: "+numbered(own))
		}
	}
	return strings.Join(list, "; ") + ". The same command as before runs them"
}

// numbered lists replications: replication 3; replications 2, 6, 10 and 7 more.
func numbered(list []int) string {
	const most = 12
	var words []string
	for _, r := range list[:min(len(list), most)] {
		words = append(words, strconv.Itoa(r))
	}
	text := strings.Join(words, ", ")
	if n := len(list) - most; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	if len(list) == 1 {
		return "replication " + text
	}
	return "replications " + text
}

func changesIn(files outdir.Files) []string {
	var list []string
	if text, err := files.ReadFile(changesName); err == nil {
		_ = json.Unmarshal(text, &list) // reopen has read it
	}
	return list
}
