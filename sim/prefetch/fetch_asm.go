//go:build amd64 || arm64

package prefetch

// Works says whether this processor is asked; elsewhere, Fetch has no effect.
const Works = true

// fetch asks for the lines at n addresses.
//
//go:noescape
func fetch(at *uintptr, n int)
