package scenarios

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"stickysim/policies"
	"stickysim/sim/diag"
	"stickysim/sim/experiment"
)

// Built is the result of [Build].
type Built struct {
	Study       *experiment.Study // nil when Problems has errors
	Description string            // what the scenario is about; may be empty
	Question    string            // what it answers; may be empty
	Policies    []policies.Policy // one per variant
	Load        []VariantLoad     // what the populations offer, one per variant
	Files       []string          // that were read, by name
	Problems    diag.List         // errors and warnings, sorted by place

	spec  *Spec
	files fs.FS
}

// maxParts bounds the memory that all models take together.
const maxParts = 1_000_000

// Build decodes a spec over the defaults, checks it and makes the study. files holds the files that the scenario names:
// logs, lists of values, included workloads; with nil, it can name none. Build reports all problems and reads a file once.
func Build(s *Spec, files fs.FS) Built {
	d := newDecoder(files)
	d.left = s.left
	return d.build(s)
}

func (d *decoder) build(s *Spec) Built {
	for _, w := range s.warnings {
		d.problems.Add(w)
	}
	h := d.headerOf(s.root)
	d.unknown(s.root, append(headerObject.keys(), sceneObject.keys()...))
	study := &experiment.Study{
		Name: h.name, Description: h.description, Question: h.question, Seed: uint64(h.seed),
		Replications: h.replications, AutoWarmup: h.autoWarmup,
	}
	b := Built{Description: h.description, Question: h.question, spec: s, files: d.files.files}
	parts, idle := 0, idleness{}
	for _, a := range d.alternatives(s.root) {
		scene := d.sceneOf(a, h)
		m := &scene.Model
		d.fitReplays(s.root, m, study)
		if parts += len(m.Servers) + len(m.Populations) + len(m.Timeline); parts > maxParts {
			d.fail(s.root, "too-many", fmt.Sprintf("has more than %d servers, populations and events over all alternatives", maxParts), "compare fewer alternatives at a time")
			break
		}
		study.Variants = append(study.Variants, experiment.Variant{Name: a.name, Policy: a.policy.text(), State: placementName(m.State.Kind), Model: m})
		b.Policies = append(b.Policies, policies.Policy{Name: a.policy.name, Config: a.policy.config})
		if len(d.problems.Errors()) == 0 {
			b.Load = append(b.Load, offered(a.name, m))
			d.lint(a, scene, &b.Load[len(b.Load)-1], study.AutoWarmup)
			idle.note(scene)
		}
	}
	if n := given(s.root, "objectives"); n != nil {
		d.objectives(n, study)
	}
	if n := given(s.root, "gate"); n != nil {
		d.gate(n, study)
	}
	if len(d.problems.Errors()) == 0 {
		idle.report(d)
		study.Fingerprint = d.files.fingerprint(s.root, study.Replications.Controls)
		b.Study, b.Files = study, d.files.names()
	}
	b.Problems = *d.problems
	b.Problems.Sort()
	for _, p := range b.Problems.Warnings() {
		study.Warnings = append(study.Warnings, p.AsWarning())
	}
	slices.SortStableFunc(study.Warnings, func(a, b diag.Warning) int { // not by line: the layout of the file does not matter
		return cmp.Or(strings.Compare(a.Place, b.Place), strings.Compare(a.Code, b.Code), strings.Compare(a.Message, b.Message))
	})
	return b
}
