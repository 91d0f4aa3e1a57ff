// Package golden holds recorded decisions of real load balancers, see README.md. Only tests import it.
//
// Floor 0.
package golden

import _ "embed"

// Zip is the archive of all cases.
//
//go:embed golden.zip
var Zip []byte
