package scenarios_test

import _ "stickysim/testdata/heap"
