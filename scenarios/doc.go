// Package scenarios turns a scenario file into a study that can be run.
//
//	YAML ──Parse──▶ Spec ──Set──▶ Spec ──Build──▶ Built{Study, Objectives, Load, Problems}
//
// Every key of the file is one row of a table (servers.go, population.go, ...): its name, what may be written, its
// documentation, and the field of [sim.Model] it fills. The decoder and the JSON Schema are both made from the tables,
// so they cannot differ. Decoding goes over a copy of the defaults, collects all problems, and never edits the Spec.
//
// Files named in a scenario are read through an [fs.FS]; nothing else is read, and nothing is run.
//
// Floor 5: imports policies, workloads, sim/experiment and below.
package scenarios
