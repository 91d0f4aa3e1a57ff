//go:build !amd64 && !arm64

package prefetch

// Works says whether this processor is asked; elsewhere, Fetch has no effect.
const Works = false

func fetch(*uintptr, int) {}
