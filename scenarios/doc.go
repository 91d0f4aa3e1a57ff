// Package scenarios turns a scenario file into a study that can be run.
//
//	YAML ──Parse──▶ Spec ──Set──▶ Spec ──Build──▶ Built{Study, Objectives, Load, Problems}
//
// Every key of the file is one row of a table (servers.go, population.go, ...): its name, its kind of value, its
// documentation, and the field of [sim.Model] that it sets. Decoder and JSON Schema are made from the same tables, so they
// agree. No row depends on another; what does is read by code, in order (see scene.go). Decoding starts from a copy of the
// defaults, collects all problems, and never changes the Spec. Checks of what is probably a mistake lie in lint_*.go.
//
// Files named in a scenario are read through an [fs.FS]; nothing else is read, and nothing is run.
//
// Floor 6.
package scenarios
