// Package sweep says at which points a scenario is simulated: it reads the values that a field takes, and makes grids and
// designs of several fields. The values are texts, as --set has them, and a point is a list of settings; what they mean is
// up to experiment.Build.
//
// Floor 4.
package sweep
