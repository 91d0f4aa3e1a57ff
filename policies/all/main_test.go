package all

import _ "stickysim/testdata/heap"
