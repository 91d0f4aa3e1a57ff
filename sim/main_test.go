package sim_test

import _ "stickysim/testdata/heap"
