package params

import _ "stickysim/testdata/heap"
