package route

import _ "stickysim/testdata/heap"
